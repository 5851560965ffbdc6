/** supervisorctl's exit codes, which scripts look at. The last one that a command sets wins. */
import { faultCodes } from '../compat/xmlrpc/fault.ts';

export const exitCodes = {
  success: 0,
  /** Also unknown names and unknown commands. */
  failed: 1,
  badArguments: 2,
  /** Also: the server does not know the methods of Supervisor. */
  statusNotRunning: 3,
  /** Also: the server refuses connections. */
  statusUnknown: 4,
  otherVersion: 5,
  notRunning: 7,
} as const;

export type CtlExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const DEAD: readonly number[] = [faultCodes.SPAWN_ERROR, faultCodes.ABNORMAL_TERMINATION, faultCodes.NOT_RUNNING];

/** What a result for one process does to the exit code; undefined: nothing. @param harmless a fault that is as good as success */
export function exitCodeOf(status: number, harmless?: number): CtlExitCode | undefined {
  if (status === faultCodes.SUCCESS || status === harmless) return undefined;
  return DEAD.includes(status) ? exitCodes.notRunning : exitCodes.failed;
}
