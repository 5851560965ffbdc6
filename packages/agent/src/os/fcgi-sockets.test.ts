import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FcgiSocketSpec, ProcessSpec } from '@fleetvisor/config';
import { FleetError, systemClock } from '@fleetvisor/primitives';
import { afterEach, describe, expect, it } from 'vitest';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { FcgiSockets } from './fcgi-sockets.ts';
import { ask, freePort, takePort, unixSocket } from './testing/fcgi.ts';
import { programSpec } from './testing/real-host.ts';
import { Users } from './users.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('SKIPPED: sockets of another user can only be tested as root\n');

const lines: string[] = [];
const sockets = new FcgiSockets(new Users(systemClock), (level, text) => lines.push(`${level} ${text}`));
afterEach(() => void lines.splice(0));

function fcgi(fcgiSocket: FcgiSocketSpec, over: Partial<ProcessSpec> = {}): ProcessSpec {
  return programSpec('web', { kind: 'fcgi-program', fcgiSocket, ...over });
}

const openCount = () => readdirSync('/proc/self/fd').length;

/** The message of the error, which is `unavailable`. */
function refusal(attempt: () => void): string {
  try {
    attempt();
  } catch (thrown) {
    if (thrown instanceof FleetError && thrown.code === 'unavailable') return thrown.message;
    throw thrown;
  }
  return 'it was made';
}

describe('a share', () => {
  it('is of one socket for all processes of a section, closed when the last one gives it back', async () => {
    const path = join(tempFolder(), 's');
    const [one, two] = ['a', 'b'].map((name) => fcgi(unixSocket(path), { name, group: 'web', program: 'web' }));
    const before = openCount();
    const [first, second] = [one, two].map((spec) => spec && sockets.share(spec));
    expect(first?.fd).toBe(second?.fd);
    expect(openCount()).toBe(before + 1);

    first?.[Symbol.dispose]();
    first?.[Symbol.dispose]();
    expect(await ask(path, 'connect')).toBe('connected');
    second?.[Symbol.dispose]();
    expect(await ask(path, 'connect')).toBe('ECONNREFUSED');
    expect(statSync(path).isSocket()).toBe(true);
    expect(openCount()).toBe(before);
    expect(lines).toEqual([`info Creating socket unix://${path}`, `info Closing socket unix://${path}`]);
  });

  it('is of another socket in another group', () => {
    const folder = tempFolder();
    using one = sockets.share(fcgi(unixSocket(join(folder, 's')), { group: 'a', program: 'web' }));
    using other = sockets.share(fcgi(unixSocket(join(folder, 't')), { group: 'b', program: 'web' }));
    expect(one?.fd).not.toBe(other?.fd);
  });

  it('is nothing for a program without a socket', () => {
    expect(sockets.share(programSpec('cat'))).toBeUndefined();
  });

  it('takes the place of a file that was left, with the mode that is asked for', async () => {
    const path = join(tempFolder(), 's');
    writeFileSync(path, '');
    using _ = sockets.share(fcgi(unixSocket(path, { mode: 0o666 })));
    expect(statSync(path).mode & 0o777).toBe(0o666);
    expect(await ask(path, 'connect')).toBe('connected');
  });

  it('of a host by name or number waits with the connections', async () => {
    const port = await freePort();
    for (const host of ['localhost', '127.0.0.1']) {
      using _ = sockets.share(fcgi({ kind: 'tcp', url: `tcp://${host}:${port}`, host, port, backlog: 17 }));
      expect(await ask(port, 'connect')).toBe('connected');
    }
  });
});

describe.skipIf(!isRoot)('the owner of a socket', () => {
  const ownerOf = (over: Partial<Extract<FcgiSocketSpec, { kind: 'unix' }>>, spec: Partial<ProcessSpec>) => {
    const path = join(tempFolder(), 's');
    using _ = sockets.share(fcgi(unixSocket(path, over), spec));
    const { uid, gid } = statSync(path);
    return [uid, gid];
  };

  it('is the user of the program and its primary group', () => {
    expect(ownerOf({}, { user: 'nobody' })).toEqual([65534, 65534]);
  });

  it('stays ours for a program of our own', () => {
    expect(ownerOf({}, { user: 'root' })).toEqual([0, 0]);
  });

  it('is who is asked for, with or without a group', () => {
    expect(ownerOf({ owner: 'daemon:nogroup' }, { user: 'nobody' })).toEqual([1, 65534]);
    expect(ownerOf({ owner: 'daemon' }, {})).toEqual([1, 0]);
  });
});

describe('a probe', () => {
  it('makes the socket of each section once and closes it at once', async () => {
    const path = join(tempFolder(), 's');
    const section = { group: 'web', program: 'web' };
    const processes = ['a', 'b', 'c'].map((name) => fcgi(unixSocket(path), { name, ...section }));
    sockets.probeAll([...processes, programSpec('cat')]);
    expect(await ask(path, 'connect')).toBe('ECONNREFUSED');
    expect(lines).toEqual([`info Creating socket unix://${path}`, `info Closing socket unix://${path}`]);
  });

  it('says what is in the way, and leaves nothing open', async () => {
    await using taken = await takePort();
    const { port } = taken;
    const folder = tempFolder();
    mkdirSync(join(folder, 'directory'));
    const before = openCount();
    const tcp = (host: string) =>
      ({ kind: 'tcp', url: `tcp://${host}:${port}`, host, port, backlog: undefined }) as const;
    const reasonFor = (socket: FcgiSocketSpec) => refusal(() => sockets.probe(fcgi(socket)));
    const unix = (name: string) => unixSocket(join(folder, name));
    const of = (url: string) => `Could not create FastCGI socket ${url}: `;

    expect(reasonFor(tcp('127.0.0.1'))).toBe(`${of(`tcp://127.0.0.1:${port}`)}EADDRINUSE (address already in use)`);
    expect(reasonFor(tcp('no.such.host.invalid'))).toContain('the host no.such.host.invalid has no IPv4 address');
    expect(reasonFor(unix('gone/s'))).toBe(`${of(unix('gone/s').url)}ENOENT (no such file or directory)`);
    expect(reasonFor(unix('directory'))).toContain(of(unix('directory').url));
    expect(reasonFor(unix('x'.repeat(120)))).toContain('may have 107 bytes');
    expect(reasonFor(unixSocket(join(folder, 's'), { owner: 'no-such-user' }))).toContain('Invalid socket_owner value');
    expect(existsSync(join(folder, 's'))).toBe(false);
    expect(openCount()).toBe(before);
  });
});
