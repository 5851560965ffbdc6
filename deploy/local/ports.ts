/** Finds ports to listen on: the wanted one, or a free one when that is taken. */
import { createServer } from 'node:net';

export interface Port {
  readonly port: number;
  /** The wanted port was taken. */
  readonly moved: boolean;
}

/** The wanted port when it is free on loopback, else another that is. */
export async function freePort(wanted: number): Promise<Port> {
  const port = await tryPort(wanted);
  if (port !== undefined) return { port, moved: false };
  const other = await tryPort(0);
  if (other === undefined) throw new Error('no free port on 127.0.0.1');
  return { port: other, moved: true };
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
