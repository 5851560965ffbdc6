/** The body of a request to a call. Never throws: what is no call is told in Supervisor's words. */
import { childElements, readRoot, textOf, Unreadable } from './read-document.ts';
import { readValue } from './read-value.ts';
import type { XmlRpcValue } from './value.ts';

/**
 * Each element costs the parser a microsecond or two and some hundred bytes: four megabytes of nothing but tags would stop the
 * daemon for seconds. This many is a multicall of ten thousand calls, read in less than half a second.
 */
const TAGS_MAX = 200_000;

export type ParsedCall =
  | { readonly kind: 'call'; readonly methodName: string; readonly params: readonly XmlRpcValue[] }
  /** The reason is what Supervisor's log line ends with. */
  | { readonly kind: 'not-a-call'; readonly reason: 'unmarshallable' | 'no method name' };

export function parseCall(bytes: Uint8Array): ParsedCall {
  try {
    return readCall(bytes);
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'not-a-call', reason: 'unmarshallable' };
    throw error;
  }
}

function readCall(bytes: Uint8Array): ParsedCall {
  const parts = childElements(readRoot(bytes, TAGS_MAX));
  const name = parts.find((part) => part.name === 'methodName');
  const methodName = name === undefined ? '' : textOf(name);
  const params = parts.find((part) => part.name === 'params');
  const values = params === undefined ? [] : childElements(params).map((param) => readValue(param));
  if (methodName === '') return { kind: 'not-a-call', reason: 'no method name' };
  return { kind: 'call', methodName, params: values };
}
