/** `system.multicall`: many calls in one request, one after the other. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, messageOf, msBetween } from '@fleetvisor/primitives';
import { faultCodes, XmlRpcFault } from './fault.ts';
import { method, type XmlRpcMethod } from './method.ts';
import { renderArray, renderStruct, renderValue } from './render-value.ts';
import { XmlFragment, type XmlRpcAnswer, type XmlRpcStruct, type XmlRpcValue } from './value.ts';

/** So long the calls of one request keep everything else waiting, then programs and other clients have their turn. */
const SLICE_MS = 8;

/** Of the whole answer. A thousand times the status of a thousand processes would be more than the host has memory. */
const ANSWER_CHARS_MAX = 64 * 1024 ** 2;

type Call = (name: string, params: readonly XmlRpcValue[]) => Promise<XmlRpcAnswer>;

export function multicall(clock: Clock, call: Call): XmlRpcMethod {
  return method({
    name: 'system.multicall',
    parameters: [{ name: 'calls', type: 'array' }],
    returns: 'array',
    isAnsweredToTheEnd: true,
    help:
      'Takes an array of structs {methodName, params}, makes the calls in that order, each when the one before it has ended, ' +
      'and answers an array: for each call its plain result, or a struct {faultCode, faultString}.',
    call: (calls) => answerAll(clock, call, calls),
  });
}

async function answerAll(clock: Clock, call: Call, calls: readonly XmlRpcValue[]): Promise<XmlFragment> {
  const answers: string[] = [];
  let chars = 0;
  let sliceBegan = clock.now();
  for (const wanted of calls) {
    const answer = chars > ANSWER_CHARS_MAX ? renderFault(tooMuch()) : await answerOne(call, wanted);
    answers.push(answer);
    chars += answer.length;
    if (msBetween(sliceBegan, clock.now()) < SLICE_MS) continue;
    await nextTurn();
    sliceBegan = clock.now();
  }
  return new XmlFragment(renderArray(answers.join('')));
}

async function answerOne(call: Call, wanted: XmlRpcValue): Promise<string> {
  try {
    const { methodName, params = [] } = asStruct(wanted);
    if (typeof methodName !== 'string') throw new XmlRpcFault('INCORRECT_PARAMETERS', 'No methodName');
    if (methodName === 'system.multicall') {
      throw new XmlRpcFault('INCORRECT_PARAMETERS', 'Recursive system.multicall forbidden');
    }
    return renderValue(await call(methodName, asParameters(params)));
  } catch (error) {
    return renderFault(error);
  }
}

function renderFault(error: unknown): string {
  const code = error instanceof XmlRpcFault ? error.code : faultCodes.FAILED;
  const text = error instanceof XmlRpcFault ? error.message : `FAILED: ${messageOf(error)}`;
  return renderStruct({ faultCode: code, faultString: text });
}

function tooMuch(): XmlRpcFault {
  return new XmlRpcFault(
    'FAILED',
    `not called: the answers before it fill ${ANSWER_CHARS_MAX} characters, ask in several requests`,
  );
}

/** What is no struct names no method. */
function asStruct(value: XmlRpcValue): XmlRpcStruct {
  return typeof value === 'object' && !isArray(value) ? value : {};
}

/** To some clients an empty array is an empty struct, or nothing at all; Supervisor takes both. */
function asParameters(value: XmlRpcValue): readonly XmlRpcValue[] {
  if (isArray(value)) return value;
  if (value === '' || (typeof value === 'object' && Object.keys(value).length === 0)) return [];
  throw new XmlRpcFault('INCORRECT_PARAMETERS');
}

function isArray(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}
