/**
 * What a daemon tells the process that started it: that it stands, or why it does not. Node cannot fork, so the two are
 * two runs of the same program, and this is what joins them. Synchronous, because the next step may be the end.
 */
import { closeSync, fstatSync, writeSync } from 'node:fs';
import { keepOverExec } from './close-on-exec.ts';

/** Tells the copy which descriptor is the channel. */
export const CHANNEL_VARIABLE = 'FLEET_DAEMON_CHANNEL';

/** The first that is free behind the three streams. */
export const CHANNEL_FD = 3;

/** One line of JSON on the channel, the only one. */
export type DaemonReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly text: string; readonly exitCode: number };

/** The daemon's end. Only the first report counts. */
export interface DaemonChannel {
  /** Whoever started us ends with 0 and gives the shell back. */
  ready(): void;
  /** Whoever started us shows the text on its stderr, waits for our end and ends with the code. */
  failed(text: string, exitCode: number): void;
  /** This process is about to become another program, which tells in our place. @returns what that needs in its environment */
  handOn(): Readonly<Record<string, string>>;
}

/**
 * Of a process that `daemonise` has started. To be asked once, before the environment is handed on to anybody.
 * @param env of this process; what tells of the channel is taken out of it
 * @returns undefined in any other process
 */
export function daemonChannel(env: Record<string, string | undefined>): DaemonChannel | undefined {
  const told = env[CHANNEL_VARIABLE];
  delete env[CHANNEL_VARIABLE];
  if (told !== String(CHANNEL_FD) || !isSocket(CHANNEL_FD)) return undefined;
  let isOpen = true;
  const report = (message: DaemonReport) => {
    if (!isOpen) return;
    isOpen = false;
    try {
      writeSync(CHANNEL_FD, `${JSON.stringify(message)}\n`);
    } catch {
      // It did not wait for us (EPIPE): then nobody wants to know.
    }
    closeSync(CHANNEL_FD);
  };
  return {
    ready: () => report({ kind: 'ready' }),
    failed: (text, exitCode) => report({ kind: 'failed', text, exitCode }),
    handOn: () => {
      if (!isOpen) return {};
      keepOverExec(CHANNEL_FD);
      return { [CHANNEL_VARIABLE]: told };
    },
  };
}

/** @param line what came through the channel; undefined when that is no report */
export function parseDaemonReport(line: string): DaemonReport | undefined {
  const value: unknown = line === '' ? undefined : JSON.parse(line);
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  if (value.kind === 'ready') return { kind: 'ready' };
  const { text, exitCode } = { text: undefined, exitCode: undefined, ...value };
  if (typeof text !== 'string' || typeof exitCode !== 'number') return undefined;
  return { kind: 'failed', text, exitCode };
}

/** Somebody may have set the variable by hand. */
function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}
