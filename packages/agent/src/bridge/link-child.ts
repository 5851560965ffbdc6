/** One life of the link's process, as the engine sees it, and how it is forked. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { messageOf } from '@fleetvisor/primitives';
import { engineEndOf } from './ipc.ts';
import type { EngineEnd } from './port.ts';

export interface LinkChild {
  readonly pid: number | undefined;
  readonly end: EngineEnd;
  /** How it ended, in words; never rejects. */
  readonly exited: Promise<string>;
  /** At once, whatever it does. */
  kill(): void;
}

export interface LinkProgram {
  /** The link's program: its bundle, or link.ts. */
  readonly modulePath: string;
  /** Flags for Node; undefined for those of this process. */
  readonly execArgv?: readonly string[];
}

/** @param log a line that the link has printed */
export function forkLink({ modulePath, execArgv }: LinkProgram, log: (line: string) => void): LinkChild {
  const child = fork(modulePath, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
  });
  const exited = exitOf(child);
  for (const stream of [child.stdout, child.stderr]) {
    // Without file descriptors left there is a child object, but nothing in it.
    if (stream) createInterface({ input: stream }).on('line', log);
  }
  return { pid: child.pid, end: engineEndOf(child), exited, kill: () => void child.kill('SIGKILL') };
}

/** How the child ended, in words; never rejects. */
async function exitOf(child: ChildProcess): Promise<string> {
  child.on('error', () => undefined); // told below; without a listener a late one would take the engine down
  try {
    const [code, signal] = await once(child, 'exit');
    return signal === null ? `exit code ${code}` : `killed by ${signal}`;
  } catch (error) {
    return `it could not be started: ${messageOf(error)}`;
  }
}
