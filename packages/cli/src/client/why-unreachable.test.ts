/** Real sockets: each way in which nobody of ours is there. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { systemClock } from '@fleetvisor/primitives';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../testing/test-world.ts';
import { whyUnreachable } from './why-unreachable.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  return `127.0.0.1:${port}`;
}

describe('whyUnreachable', () => {
  it('is that nothing listens', async () => {
    const server = createServer();
    const address = await listen(server);
    server.close();
    await once(server, 'close');
    expect(await whyUnreachable(address, systemClock)).toBe('refused');
  });

  it('is that there is no such name', async () => {
    // Where there is no network, nobody even says that there is none of that name.
    expect(await whyUnreachable('nosuch.invalid:7400', systemClock)).toMatch(/^(unknown-name|no-answer)$/);
  });

  it('is a web server', async () => {
    const address = await listen(createHttpServer((_request, response) => response.end()));
    expect(await whyUnreachable(address, systemClock)).toBe('http1');
    const ran = await run(['status', '--controller', address]);
    expect(ran.stderr).toMatch(`cannot reach the controller at ${address}: a web server answers there`);
  });

  it.each<[string, string, Buffer | undefined]>([
    ['says nothing', 'not-ours', undefined],
    ['speaks of something else', 'not-ours', Buffer.from('220 smtp.example ESMTP\r\n')],
    ['wants TLS', 'tls', Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46])],
  ])('is somebody who %s', async (_what, why, bytes) => {
    const address = await listen(
      createServer((socket) => {
        socket.on('error', () => undefined);
        if (bytes !== undefined) socket.write(bytes);
        servers[0]?.once('close', () => socket.destroy());
      }),
    );
    expect(await whyUnreachable(address, systemClock)).toBe(why);
  });

  it('is somebody who hangs up', async () => {
    const address = await listen(createServer((socket) => socket.end()));
    expect(await whyUnreachable(address, systemClock)).toBe('not-ours');
  });

  it('reads addresses of IPv6', async () => {
    expect(await whyUnreachable('[::1]:1', systemClock)).toMatch(/^(refused|no-route|no-answer)$/);
  });
});
