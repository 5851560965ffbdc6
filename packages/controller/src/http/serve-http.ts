/** Opens the port of the HTTP door. */
import type { AddressInfo } from 'node:net';
import { type ListenAddress, listenFailure } from '../listen-address.ts';
import { buildApp, type HttpParts } from './app.ts';

/** Disposing closes the port and every connection. */
export interface HttpDoor extends AsyncDisposable {
  /** Where it listens, with the real port. */
  readonly address: ListenAddress;
}

/** @throws FleetError `unavailable` when it cannot listen there, with what to do. */
export async function serveHttp(address: ListenAddress, parts: HttpParts): Promise<HttpDoor> {
  const app = buildApp(parts);
  try {
    await app.listen({ host: address.host, port: address.port });
  } catch (error) {
    await app.close();
    throw listenFailure(error, 'HTTP (status, metrics)', address, '--http');
  }
  // It listens on TCP, so there is an address and it is no path.
  const { port } = app.server.address() as AddressInfo;
  return { address: { host: address.host, port }, [Symbol.asyncDispose]: () => app.close() };
}
