/** One of the programs of the local fleet as a child of ours: started, watched, ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface Program {
  readonly name: string;
  readonly pid: number;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  /** Asks it to end in order. */
  stop(): void;
}

/**
 * @param logFile takes what the program prints itself, apart from its own logs.
 * @throws Error when it cannot be started.
 */
export function startProgram(name: string, command: string, args: readonly string[], logFile: string): Program {
  const log = openSync(logFile, 'a');
  // In a group of its own: a Ctrl-C in the terminal reaches us alone, and we end the programs in order.
  const child = spawn(command, [...args], { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const ended = endOf(child);
  if (child.pid === undefined) throw new Error(`cannot start ${command}`);
  const pid = child.pid;
  return {
    name,
    pid,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    stop: () => void child.kill('SIGTERM'),
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit status ${code}` : `signal ${signal}`));
  });
}

/** The last lines of a file, for a message about a program that ended early. */
export function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return ''; // no file, nothing to show
  }
}
