import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { systemClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { findServerInUse } from './find-in-use.ts';
import { temporaryFolder } from './testing/test-server.ts';

const atPath = (path: string) => ({ kind: 'unix', path }) as const;

describe('findServerInUse', () => {
  it('passes over what nobody listens on', async () => {
    using folder = temporaryFolder();
    const stale = `${folder.path}/stale`;
    writeFileSync(stale, '');
    expect(await findServerInUse([atPath(stale), atPath(`${folder.path}/none`)], systemClock)).toBeUndefined();
  });

  it.each(['', '127.0.0.1'])("tells of one that is taken in Supervisor's words, host '%s'", async (host) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // of a TCP server it is no string
    const found = await findServerInUse([atPath('/nonexistent'), { kind: 'inet', host, port }], systemClock);
    server.close();
    expect(found).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Another program is already listening on a port'),
      facts: { where: `${host}:${port}` },
    });
  });
});
