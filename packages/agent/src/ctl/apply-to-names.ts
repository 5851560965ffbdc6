/** Start, stop and signal: one name after the other, groups and `all` in one call each. */
import { splitNamespec } from '@fleetvisor/config';
import { faultCodes } from '../compat/xmlrpc/fault.ts';
import { RpcFault } from './client/call-error.ts';
import type { ProcessResult } from './client/supervisor-client.ts';
import { type CtlExitCode, exitCodeOf } from './exit-code.ts';
import { describeResult, type ResultVerb } from './process-result.ts';
import type { CtlSession } from './session.ts';

export interface NamesAction {
  readonly verb: ResultVerb;
  /** A fault that leaves the exit code as it is. */
  readonly harmless: number | undefined;
  readonly unknownGroup: CtlExitCode;
  readonly all: () => Promise<readonly ProcessResult[]>;
  readonly group: (group: string) => Promise<readonly ProcessResult[]>;
  readonly one: (namespec: string) => Promise<void>;
}

/** Prints a line for each process; `all` among the names leaves the others unread. @throws RpcFault | CallError */
export async function applyToNames(session: CtlSession, names: readonly string[], action: NamesAction): Promise<void> {
  if (names.includes('all')) {
    tellResults(session, action, await action.all());
    return;
  }
  for (const namespec of names) {
    const { group, name } = splitNamespec(namespec);
    if (name === undefined) await applyToGroup(session, group, action);
    else await applyToOne(session, namespec, { group, name }, action);
  }
}

async function applyToGroup(session: CtlSession, group: string, action: NamesAction): Promise<void> {
  try {
    tellResults(session, action, await action.group(group));
  } catch (error) {
    if (!(error instanceof RpcFault) || error.code !== faultCodes.BAD_NAME) throw error;
    session.fail(`${group}: ERROR (no such group)`, action.unknownGroup);
  }
}

async function applyToOne(
  session: CtlSession,
  namespec: string,
  process: { readonly group: string; readonly name: string },
  action: NamesAction,
): Promise<void> {
  tellResults(session, action, [await resultOf(() => action.one(namespec), process)]);
}

/** A call on one process, as the result that a call on many would have for it. */
export async function resultOf(
  call: () => Promise<void>,
  process: { readonly group: string; readonly name: string | undefined },
): Promise<ProcessResult> {
  try {
    await call();
    return { ...process, status: faultCodes.SUCCESS, description: 'OK' };
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    return { ...process, status: error.code, description: error.faultString };
  }
}

/** @throws CallError at a result without words */
export function tellResults(
  session: CtlSession,
  { verb, harmless }: Pick<NamesAction, 'verb' | 'harmless'>,
  results: readonly ProcessResult[],
): void {
  for (const result of results) {
    session.print(describeResult(verb, result));
    session.exitCode = exitCodeOf(result.status, harmless) ?? session.exitCode;
  }
}
