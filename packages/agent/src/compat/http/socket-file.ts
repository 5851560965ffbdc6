/** A UNIX socket at its path: claimed so that one of two daemons gets it, whichever comes first, and given up when it is still ours. */
import { chmodSync, chownSync, existsSync, linkSync, lstatSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { after, type Clock, FleetError } from '@fleetvisor/primitives';
import { errnoOf } from '../../os/errno.ts';
import { listenAtPath } from './listen.ts';
import { inUse, notPermittedToChown } from './open-failure.ts';

export interface SocketFile {
  readonly path: string;
  readonly mode: number;
  /** -1 leaves one as it is; undefined both. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/** A socket file that is ours. */
export interface SocketClaim {
  /** Which file it is: another daemon may put its own there. */
  readonly file: string;
  /** Removes it, if it is still ours. */
  release(): void;
}

/** `sun_path` of unix(7), without its final zero. */
const UNIX_PATH_BYTES_MAX = 107;

/** Two daemons that start again and again on the same path may take it from each other so often. */
const ATTEMPTS_MAX = 5;

/** Whoever has taken the connection and says nothing for so long is there all the same. */
const ANSWER_MS_MAX = 5_000;

/**
 * Listens under a name of its own and links that to the path: a link is made or it is not, and the path is never without its
 * mode. A file that nobody listens on is removed, and told to `warn`.
 * @throws FleetError, or the system's error
 */
export async function listenUnix(
  server: Server,
  file: SocketFile,
  clock: Clock,
  warn: (text: string) => void,
): Promise<SocketClaim> {
  const ownName = `${file.path}.${process.pid}`;
  refuseTooLong(ownName);
  rmSync(ownName, { force: true });
  await listenAtPath(server, ownName);
  try {
    chmodSync(ownName, file.mode);
    await claim(ownName, file.path, clock, warn);
  } finally {
    rmSync(ownName, { force: true });
  }
  const claimed = claimOf(file.path, identityOf(file.path) ?? '');
  try {
    giveTo(file);
  } catch (error) {
    claimed.release();
    throw error;
  }
  return claimed;
}

/** Of a file that is ours already. @param file which it was then */
export function claimOf(path: string, file: string): SocketClaim {
  const release = () => {
    if (identityOf(path) === file) rmSync(path, { force: true });
  };
  return { file, release };
}

/** The system's own word for it is that something is invalid. Begins as Supervisor does, whose names are as long. */
function refuseTooLong(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= UNIX_PATH_BYTES_MAX) return;
  const message =
    `Cannot open an HTTP server: socket.error reported AF_UNIX path too long: ${path} is ${bytes} bytes long, and a ` +
    `socket's path may have ${UNIX_PATH_BYTES_MAX}; name a shorter one`;
  throw new FleetError('unavailable', message, { path, bytes });
}

async function claim(ownName: string, path: string, clock: Clock, warn: (text: string) => void): Promise<void> {
  for (let attempt = 1; !tryLink(ownName, path); attempt += 1) {
    const found = identityOf(path);
    if (attempt === ATTEMPTS_MAX || (await isInUse(path, clock))) throw inUse(path);
    // While we asked, another daemon may have done what we are about to do: its socket is not the stale one.
    if (identityOf(path) !== found) continue;
    warn(`Unlinking stale socket ${path}\n`);
    rmSync(path, { force: true });
  }
}

/** Tells one file from another that has its name; undefined where there is none. */
function identityOf(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

/** False when there is something at the path already. */
function tryLink(ownName: string, path: string): boolean {
  try {
    linkSync(ownName, path);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST' || existsSync(path)) return false;
    // Some file systems (shared folders of virtual machines) have no hard links: the best that can be done there.
    if (errno === 'EPERM' || errno === 'ENOTSUP' || errno === 'EOPNOTSUPP') {
      renameSync(ownName, path);
      return true;
    }
    throw error;
  }
}

/**
 * Whether a live server is behind the path. Supervisor takes every failure for a no, and then removes the socket of
 * another user, or a file that is no socket at all.
 */
async function isInUse(path: string, clock: Clock): Promise<boolean> {
  const found = statSync(path, { throwIfNoEntry: false });
  const isEmptyFile = found?.isFile() === true && found.size === 0; // somebody's `touch`: nothing is lost with it
  if (found !== undefined && !found.isSocket() && !isEmptyFile) {
    throw new FleetError(
      'conflict',
      `Cannot open an HTTP server: ${path} exists and is not a socket; remove it, or name another file`,
      {
        path,
      },
    );
  }
  return await answers(path, clock);
}

function answers(path: string, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (isInUse: boolean) => {
      timer.cancel();
      socket.destroy();
      resolve(isInUse);
    };
    const timer = clock.schedule(after(clock.now(), ANSWER_MS_MAX), () => end(true));
    socket.write('GET / HTTP/1.0\r\n\r\n');
    socket.once('data', () => end(true));
    socket.once('end', () => end(true));
    socket.once('error', (error) => end(isForbidden(errnoOf(error))));
  });
}

/** There, but not for us. */
function isForbidden(errno: string): boolean {
  return errno === 'EACCES' || errno === 'EPERM' || errno === 'EAGAIN';
}

function giveTo({ path, owner }: SocketFile): void {
  if (owner === undefined) return;
  try {
    chownSync(path, owner.uid, owner.gid);
  } catch (error) {
    throw errnoOf(error) === 'EPERM' ? notPermittedToChown(path, owner) : error;
  }
}
