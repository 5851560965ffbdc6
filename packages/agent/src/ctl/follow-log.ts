/** A log as it grows: the endless answers of `/logtail` and `/mainlogtail`, straight to the output. */
import { once } from 'node:events';
import { asCallError } from './client/call-error.ts';
import { openSocket, requestHead } from './client/connection.ts';
import { ResponseReader } from './client/response-reader.ts';
import type { CtlSession } from './session.ts';
import type { CtlOutput } from './world.ts';

/** For a person who ends it with Ctrl-C. @throws CallError for a URL that leads nowhere */
export async function tailFollow(session: CtlSession, path: string): Promise<void> {
  session.print('==> Press Ctrl-C to exit <==');
  const stop = new AbortController();
  using _interrupted = session.interrupts.listen(() => stop.abort());
  await followLog(session, path, stop.signal);
  if (stop.signal.aborted) session.print('');
}

/** The path of a process' log. */
export function logPath(namespec: string, channel: 'stdout' | 'stderr'): string {
  return `/logtail/${namespec}/${channel}`;
}

/**
 * Until the server ends it, nobody reads us any more, or the signal. What goes wrong is said on stderr, as supervisorctl does.
 *
 * @throws CallError for a URL that leads nowhere
 */
export async function followLog(session: CtlSession, path: string, signal: AbortSignal): Promise<void> {
  const { address, credentials } = session;
  const { stdout, stderr } = session.world;
  const tell = (what: string) => stderr.write(`${session.shownUrl}${path} ${what}\n`);
  const unread = new AbortController();
  const stopReading = () => unread.abort();
  stdout.once('error', stopReading);
  const ended = AbortSignal.any([signal, unread.signal]);
  try {
    const socket = await openSocket(address, ended);
    socket.write(requestHead(`GET ${encodePath(path)}`, address, credentials));
    const status = await copyBody(socket, stdout, ended);
    if (status !== 200) tell(`Cannot read, status code ${status}`);
  } catch (error) {
    // Destroying the socket is how a follow ends.
    if (ended.aborted) return;
    const { className, message } = asCallError(error);
    tell(`Cannot connect, error: <class '${className}'> (${message})`);
  } finally {
    stdout.off('error', stopReading);
  }
}

/** Copies until the answer ends, and then closes the socket. @returns its HTTP status; the body of any but 200 is not copied */
async function copyBody(socket: AsyncIterable<Buffer>, stdout: CtlOutput, signal: AbortSignal): Promise<number> {
  const reader = new ResponseReader();
  for await (const bytes of socket) {
    for (const part of reader.read(bytes)) {
      if (part.kind === 'head' && part.head.status !== 200) return part.head.status;
      if (part.kind === 'end') return 200;
      if (part.kind === 'body' && !stdout.write(part.bytes)) await once(stdout, 'drain', { signal });
    }
  }
  return 200;
}

/** A name may hold what ends a path. */
function encodePath(path: string): string {
  return path
    .split('/')
    .map((word) => encodeURIComponent(word).replaceAll('%3A', ':'))
    .join('/');
}
