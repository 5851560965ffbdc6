/** One line, typed or from the command line: which command it is, running it, and what it had no words for. */
import { strip } from '@fleetvisor/config';
import { CallError, RpcFault } from './client/call-error.ts';
import { commands } from './commands.ts';
import { exitCodes } from './exit-code.ts';
import { help } from './help.ts';
import type { CtlSession } from './session.ts';

export interface ParsedLine {
  /** undefined: the line cannot be a command. */
  readonly name: string | undefined;
  readonly argument: string;
}

/** A command is made of letters, digits and underscores; what follows is its argument, blank or not. */
export function parseLine(line: string): ParsedLine {
  if (line.startsWith('?')) return { name: 'help', argument: strip(line.slice(1)) };
  const name = /^[A-Za-z0-9_]+/.exec(line)?.[0];
  return { name, argument: strip(line.slice(name?.length ?? 0)) };
}

/** @returns `leave` to end the shell */
export async function runLine(session: CtlSession, typed: string): Promise<undefined | 'leave'> {
  const line = strip(typed);
  if (line === '') return undefined;
  try {
    return await runCommand(session, line);
  } catch (error) {
    if (error instanceof CallError && error.kind === 'unauthorized') return await logInAndRepeat(session, line);
    tellError(session, error);
    return undefined;
  } finally {
    session.hangUp();
  }
}

async function runCommand(session: CtlSession, line: string): Promise<undefined | 'leave'> {
  const { name, argument } = parseLine(line);
  if (name === 'help') {
    help(session, argument);
    return undefined;
  }
  // What the end of the input does, somebody may also type.
  const command = commands.get(name === 'EOF' ? 'exit' : (name ?? ''));
  if (command !== undefined) return await command.run(session, argument);
  session.fail(`*** Unknown syntax: ${line}`);
  return undefined;
}

/** supervisorctl repeats the command even without a new password, and prints a second error: that is left out here. */
async function logInAndRepeat(session: CtlSession, line: string): Promise<undefined | 'leave'> {
  session.print('Server requires authentication');
  if (!session.isInteractive) {
    session.exitCode = exitCodes.failed;
    return undefined;
  }
  try {
    const username = await session.ask('Username:');
    const password = await session.ask('Password:', 'secret');
    session.print('');
    session.logInAs({ username, password });
  } catch (error) {
    tellError(session, error);
    return undefined;
  }
  return await runLine(session, line);
}

/**
 * In the shape of supervisorctl's line for whatever it did not expect, which scripts look for. Where that names a line of
 * Python, this names the server. @throws what is no error of a call: a bug
 */
function tellError(session: CtlSession, error: unknown): void {
  if (!(error instanceof RpcFault) && !(error instanceof CallError)) throw error;
  const className = error instanceof RpcFault ? 'xmlrpc.client.Fault' : error.className;
  session.fail(`error: <class '${className}'>, ${error.message}: file: ${session.shownUrl} line: 0`);
}
