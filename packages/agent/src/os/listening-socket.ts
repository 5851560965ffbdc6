/**
 * Sockets that listen and that nobody here accepts on: they are made for programs. Node's own servers accept whatever
 * comes, and would take the connections away. Synchronous, because a program's start is.
 */
import { closeSync } from 'node:fs';
import { libcCall } from './libc.ts';

const AF_UNIX = 1;
const AF_INET = 2;
/** Close-on-exec from the first moment: no other child gets it, also when it is started in between. */
const SOCK_STREAM_CLOEXEC = 0o2000001;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;

/** `sun_path` of unix(7), with its final zero. */
const UNIX_PATH_BYTES_MAX = 108;

/** The kernel takes what it allows (net.core.somaxconn) where more is asked for. */
const BACKLOG_MAX = 2 ** 31 - 1;

/**
 * Listens at a path that does not exist yet.
 * @param backlog undefined: as many as the system allows
 * @param beforeListening called when the file is there and nobody can connect yet: for its owner and mode
 * @returns a blocking, close-on-exec descriptor: whoever calls closes it, and removes the file
 * @throws the system's error, or what `beforeListening` threw; nothing is left open then
 */
export function listenAtPath(path: string, backlog: number | undefined, beforeListening: () => void): number {
  const name = Buffer.from(path);
  if (name.length >= UNIX_PATH_BYTES_MAX) throw tooLong(path);
  const address = Buffer.alloc(2 + name.length + 1);
  address.writeUInt16LE(AF_UNIX, 0);
  name.copy(address, 2);
  return listenAt(AF_UNIX, address, backlog, beforeListening);
}

/**
 * Listens at an IPv4 address, also where connections of an earlier listener are still ending.
 * @param ip four bytes
 * @throws the system's error; nothing is left open then
 */
export function listenAtPort(ip: Uint8Array, port: number, backlog: number | undefined): number {
  const address = Buffer.alloc(16);
  address.writeUInt16LE(AF_INET, 0);
  address.writeUInt16BE(port, 2);
  address.set(ip.subarray(0, 4), 4);
  return listenAt(AF_INET, address, backlog, () => {});
}

function listenAt(family: number, address: Buffer, backlog: number | undefined, beforeListening: () => void): number {
  const fd = libcCall('int socket(int domain, int type, int protocol)')(family, SOCK_STREAM_CLOEXEC, 0);
  try {
    if (family === AF_INET) allowReuse(fd);
    libcCall('int bind(int fd, const void *address, unsigned int length)')(fd, address, address.length);
    beforeListening();
    libcCall('int listen(int fd, int backlog)')(fd, backlog ?? BACKLOG_MAX);
    return fd;
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

function allowReuse(fd: number): void {
  const yes = Buffer.alloc(4);
  yes.writeInt32LE(1);
  const setsockopt = libcCall('int setsockopt(int fd, int level, int name, const void *value, unsigned int length)');
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, yes, yes.length);
}

function tooLong(path: string): NodeJS.ErrnoException {
  const message = `ENAMETOOLONG: a socket's path may have ${UNIX_PATH_BYTES_MAX - 1} bytes: ${path}`;
  return Object.assign(new Error(message), { code: 'ENAMETOOLONG' });
}
