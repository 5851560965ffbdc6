/**
 * Into the background, as supervisord goes there, in a process that cannot fork: a copy of ourselves in a session of its
 * own, with nothing but /dev/null around it. The shell is given back when the copy stands, and an error that it meets
 * until then is an error of the command, where Supervisor's is a line in a log that may not even be open yet.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pythonRepr } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { MainLog } from '../supervision/main-log-lines.ts';
import { CHANNEL_FD, CHANNEL_VARIABLE, type DaemonReport, parseDaemonReport } from './daemon-channel.ts';

export interface DaemonCommand {
  /** The program that Node runs, and its arguments: what `process.argv` has behind Node itself. */
  readonly argv: readonly string[];
  /** Flags for Node itself; undefined for those of this process. */
  readonly execArgv?: readonly string[];
  /** Handed on whole: what the launcher noted in it holds for the copy, too. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: (text: string) => void;
}

/**
 * Starts the daemon and waits until it stands or has failed; the daemon's side is `daemonChannel`.
 * @returns the exit code for the shell: 0 when the daemon stands
 */
export async function daemonise({ argv, execArgv, env, stderr }: DaemonCommand): Promise<number> {
  const child = spawn(process.execPath, [...(execArgv ?? process.execArgv), ...argv], {
    detached: true,
    env: { ...env, [CHANNEL_VARIABLE]: String(CHANNEL_FD) },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  // Not `once`, whose promise would be rejected with nobody waiting for it.
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 1));
  });
  try {
    const [report] = await Promise.all([readReport(child.stdio[CHANNEL_FD]), once(child, 'spawn')]);
    if (report?.kind === 'ready') {
      child.unref();
      return 0;
    }
    // Its end is waited for: the next attempt must find nothing of it.
    const end = await ended;
    stderr(
      report?.text ?? `Error: the daemon ended ${inWords(end)} while it was starting; started with -n it says more\n`,
    );
    return report?.exitCode ?? (typeof end === 'number' && end > 0 ? end : 1);
  } catch (thrown) {
    stderr(`Error: cannot start the daemon: ${messageOf(thrown)}\n`);
    return 1;
  }
}

/** Resolves when the daemon has told, or has let go of the channel without a word. */
async function readReport(channel: unknown): Promise<DaemonReport | undefined> {
  return channel instanceof Readable ? parseDaemonReport(await text(channel)) : undefined;
}

function inWords(end: number | string): string {
  return typeof end === 'number' ? `with exit code ${end}` : `by ${end}`;
}

export interface DaemonSurroundings {
  /** undefined: where we are. */
  readonly directory: string | undefined;
  readonly umask: number;
  readonly log: MainLog['log'];
}

/**
 * What changes around a daemon, and only around a daemon: Supervisor leaves folder and umask alone in the foreground. To
 * be called when everything with a relative path is open.
 */
export function settleDaemon({ directory, umask, log }: DaemonSurroundings): void {
  log('info', 'daemonizing the supervisord process');
  if (directory !== undefined) enter(directory, log);
  process.umask(umask);
}

function enter(directory: string, log: MainLog['log']): void {
  try {
    process.chdir(directory);
    log('info', `set current directory: ${pythonRepr(directory)}`);
  } catch (thrown) {
    log('critical', `can't chdir into ${pythonRepr(directory)}: ${messageOf(thrown)}`);
  }
}
