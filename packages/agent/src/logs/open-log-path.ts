/** Opens the path of a log for writing, also where it names a descriptor that this process has. */
import { closeSync, openSync } from 'node:fs';
import { errnoOf } from '../os/errno.ts';
import { appendFlags } from './log-file.ts';

export interface OpenedPath {
  readonly fd: number;
  /** Closes it, unless it is this process's own stdout or stderr. */
  close(): void;
}

/**
 * `/dev/stdout` cannot be opened when it is a socket (ENXIO: under systemd it is one) or somebody else's pipe (EACCES: in
 * a container, after the user was switched), but it can be written to: then it is used as it is. As it is it may make
 * the agent wait for whoever reads it, which a pipe that we open ourselves does not.
 * @throws the file system's error
 */
export function openLogPath(path: string): OpenedPath {
  try {
    const fd = openSync(path, appendFlags);
    return { fd, close: () => closeSync(fd) };
  } catch (thrown) {
    const own = ownOutput(path);
    if (own === undefined || !['ENXIO', 'EACCES'].includes(errnoOf(thrown))) throw thrown;
    return { fd: own, close: () => {} };
  }
}

/** Whether a path is no place for a log file that is rotated and read back, whatever lies behind it. */
export function namesDevice(path: string): boolean {
  // In /dev/shm there are files like anywhere else.
  return /^\/(dev|proc)\//.test(path) && !path.startsWith('/dev/shm/');
}

/** 1 or 2 when the path is another name of this process's stdout or stderr. */
function ownOutput(path: string): number | undefined {
  const name = /^\/(?:dev|dev\/fd|proc\/self\/fd)\/(stdout|stderr|1|2)$/.exec(path)?.[1];
  if (name === undefined) return undefined;
  return name === 'stdout' || name === '1' ? 1 : 2;
}
