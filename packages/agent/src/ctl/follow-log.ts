/** A log as it grows: the endless answers of `/logtail` and `/mainlogtail`, straight to the output. */
import { once } from 'node:events';
import { asCallError } from './client/call-error.ts';
import { openSocket, requestHead } from './client/connection.ts';
import { ResponseReader } from './client/response-reader.ts';
import type { CtlSession } from './session.ts';

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
  const tell = (what: string) => session.world.stderr.write(`${session.shownUrl}${path} ${what}\n`);
  try {
    const socket = await openSocket(address);
    using _closed = { [Symbol.dispose]: () => socket.destroy() };
    const endNow = () => socket.destroy();
    signal.addEventListener('abort', endNow, { once: true });
    if (signal.aborted) return;
    socket.write(requestHead(`GET ${encodePath(path)}`, address, credentials));
    const status = await copyBody(socket, session, endNow);
    if (status !== 200) tell(`Cannot read, status code ${status}`);
  } catch (error) {
    // Destroying a socket in the middle of a read is how a follow ends.
    if (signal.aborted) return;
    const { className, message } = asCallError(error);
    tell(`Cannot connect, error: <class '${className}'> (${message})`);
  }
}

/** Copies until the answer ends. @returns its HTTP status; the body of any but 200 is not copied */
async function copyBody(socket: AsyncIterable<Buffer>, session: CtlSession, endNow: () => void): Promise<number> {
  const { stdout } = session.world;
  const reader = new ResponseReader();
  stdout.once('error', endNow);
  try {
    for await (const bytes of socket) {
      for (const part of reader.read(bytes)) {
        if (part.kind === 'head' && part.head.status !== 200) return part.head.status;
        if (part.kind === 'end') return 200;
        if (part.kind === 'body' && !stdout.write(part.bytes)) await once(stdout, 'drain');
      }
    }
    return 200;
  } finally {
    stdout.off('error', endNow);
  }
}

/** A name may hold what ends a path. */
function encodePath(path: string): string {
  return path
    .split('/')
    .map((word) => encodeURIComponent(word).replaceAll('%3A', ':'))
    .join('/');
}
