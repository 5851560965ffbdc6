/** The end of a log on the screen, or why there is none. */
import { faultCodes } from '../compat/xmlrpc/fault.ts';
import { RpcFault } from './client/call-error.ts';
import type { CtlSession } from './session.ts';

const REASONS: Readonly<Record<number, string>> = {
  [faultCodes.NO_FILE]: 'no log file',
  [faultCodes.FAILED]: 'unknown error reading log',
};

/** @throws RpcFault | CallError for what has no reason here */
export async function printLogEnd(
  session: CtlSession,
  name: string,
  read: () => Promise<string>,
  moreReasons: Readonly<Record<number, string>> = {},
): Promise<void> {
  try {
    session.print(await read());
  } catch (error) {
    const reason = error instanceof RpcFault ? { ...REASONS, ...moreReasons }[error.code] : undefined;
    if (reason === undefined) throw error;
    session.fail(`${name}: ERROR (${reason})`);
  }
}
