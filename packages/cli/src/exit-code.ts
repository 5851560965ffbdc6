/** The one table of exit codes: what a script may rely on. Knows nothing of how a command comes to one. */
import type { ErrorCode } from '@fleetvisor/primitives';

export const exitCode = {
  ok: 0,
  error: 1,
  different: 2,
  notRunning: 3,
  noMatch: 4,
  denied: 5,
  partial: 6,
  unreachable: 8,
  timeout: 9,
  conflict: 10,
  usage: 64,
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** What each code tells, as help prints it. */
export const exitCodeMeaning = {
  0: 'done, or nothing had to be done',
  1: 'it failed, or the controller could not be asked',
  2: 'config diff: there are differences',
  3: 'status: some process is STOPPED, EXITED, FATAL or UNKNOWN',
  4: 'nothing matches what was named',
  5: 'denied',
  6: 'partly done: some hosts or processes failed or were not found',
  8: 'nothing failed, but some hosts could not be reached',
  9: 'time is up, and some hosts are still at it',
  10: 'somebody else changed it first',
  64: 'wrong usage, or a question that nobody is there to answer',
  130: 'interrupted; what was begun goes on',
  141: 'the reader of the output went away',
  143: 'terminated; what was begun goes on',
} as const satisfies Record<ExitCode, string>;

/** The exit code of an error that ends a command. */
export const exitCodeOfError = {
  invalid: exitCode.usage,
  not_found: exitCode.noMatch,
  conflict: exitCode.conflict,
  stale: exitCode.conflict,
  unavailable: exitCode.error,
  denied: exitCode.denied,
  internal: exitCode.error,
} as const satisfies Record<ErrorCode, ExitCode>;
