/** What a command of `fleet-agent ctl` is. */
import { type CtlExitCode, exitCodes } from './exit-code.ts';
import type { CtlSession } from './session.ts';

export interface CtlCommand {
  readonly name: string;
  /** For `help NAME`: how it is written, and what it then does. */
  readonly help: readonly (readonly [usage: string, meaning: string])[];
  /**
   * Does it, prints, and sets the exit code of the session.
   *
   * @param argument what stands after the command's name
   * @returns `leave` to end the shell
   * @throws RpcFault | CallError for what it has no words of its own
   */
  readonly run: (session: CtlSession, argument: string) => Promise<undefined | 'leave'>;
}

/** What `help NAME` prints. */
export function printHelp(session: CtlSession, { help }: Pick<CtlCommand, 'help'>): void {
  const width = Math.max(...help.map(([usage]) => usage.length)) + 4;
  for (const [usage, meaning] of help) session.print(usage.padEnd(width) + meaning);
}

/** A mistake in the arguments: what is wrong, and how it is written. */
export function refuse(
  session: CtlSession,
  command: Pick<CtlCommand, 'help'>,
  message: string,
  exitCode: CtlExitCode = exitCodes.failed,
): undefined {
  session.fail(message, exitCode);
  printHelp(session, command);
}
