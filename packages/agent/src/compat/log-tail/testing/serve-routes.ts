/** A real HTTP server around routes, for tests. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '@fleetvisor/primitives';
import type { Route } from '../../http/route.ts';

export interface ServedRoutes extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** How many requests are being answered. */
  readonly underWay: number;
  /** What was rejected. */
  readonly failures: readonly string[];
}

export async function serveRoutes(routes: readonly Route[]): Promise<ServedRoutes> {
  let underWay = 0;
  const failures: string[] = [];
  const server = createServer(async (request, response) => {
    underWay++;
    try {
      await routes.find(({ prefix }) => request.url?.startsWith(prefix))?.handle(request, response);
    } catch (thrown) {
      failures.push(messageOf(thrown));
    } finally {
      underWay--;
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get underWay() {
      return underWay;
    },
    failures,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
