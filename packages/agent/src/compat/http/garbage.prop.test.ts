/** Whatever a client sends, the server lives, and answers the next one. */
import { systemClock } from '@fleetvisor/primitives';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dispatcher } from '../xmlrpc/dispatch.ts';
import { renderCall } from '../xmlrpc/write-call.ts';
import { openServer } from './open-servers.ts';
import { rpcRoute } from './rpc-route.ts';
import { RawClient } from './testing/raw-client.ts';
import { temporaryFolder, testOptions } from './testing/test-server.ts';

const body = renderCall('system.listMethods', []);
const request = `POST /RPC2 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  // A good request with a piece cut out or replaced.
  fc
    .tuple(fc.nat(request.length), fc.nat(30), fc.string({ maxLength: 8 }))
    .map(([at, length, put]) => request.slice(0, at) + put + request.slice(at + length)),
);

describe('a server', () => {
  it('survives every client', async () => {
    using folder = temporaryFolder();
    const { options, told } = testOptions([]);
    const { log } = options;
    const dispatcher = new Dispatcher({ methods: [], clock: systemClock, isRunning: () => true, log });
    const address = { kind: 'unix', path: `${folder.path}/sock`, mode: 0o700 } as const;
    await using _ = await openServer(address, { ...options, routes: [rpcRoute({ dispatcher, log })] });
    await fc.assert(
      fc.asyncProperty(garbage, async (sent) => {
        using bad = await RawClient.to(address.path);
        bad.send(sent);
        using good = await RawClient.to(address.path);
        good.send(request);
        expect(await good.until(/<\/methodResponse>\n$/)).toMatch(/^HTTP\/1\.1 200 /);
      }),
      { numRuns: 300 },
    );
    expect(told.lines.filter((line) => !/^error XML-RPC request /.test(line))).toEqual([]);
  });
});
