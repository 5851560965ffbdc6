import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogFiles } from '../../logs/log-files.ts';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { superviseFake } from '../../supervision/testing/supervised-world.ts';
import { logTailRoutes } from './log-tail-routes.ts';
import { type ServedRoutes, serveRoutes } from './testing/serve-routes.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-logtail-'));
afterAll(() => rmSync(folder, { recursive: true }));

const never = { maxBytes: 0, backups: 0 };
const log = (path: string) => ({ ...processSpec('x').stdout, target: { kind: 'file', path } as const });

let files: LogFiles;
let path = '';
let mainLog: string | undefined;
let served: ServedRoutes;
let clients: Client[] = [];
let responses: ServerResponse[] = [];

beforeEach(async () => {
  files = new LogFiles(() => {});
  path = join(mkdtempSync(join(folder, 'x')), 'out.log');
  mainLog = undefined;
  const { supervisor, logs } = superviseFake();
  const spec = processSpec('cat', { stdout: log(path), stderr: log(`${path}.err`) });
  supervisor.addGroup(groupSpec('cat', { processes: [spec] }), 'local');
  supervisor.addGroup(groupSpec('silent'), 'local');
  const routes = logTailRoutes({
    ...{ supervisor, logs, files },
    mainLog: { path: () => mainLog, clear: () => {}, log: () => {} },
  });
  served = await serveRoutes(
    routes.map(({ prefix, handle }) => ({
      prefix,
      handle: (request, response) => {
        responses.push(response);
        return handle(request, response);
      },
    })),
  );
});
afterEach(async () => {
  for (const client of clients) client.socket.destroy();
  clients = [];
  responses = [];
  await served[Symbol.asyncDispose]();
});

interface Client {
  readonly socket: Socket;
  /** Everything that came, byte for byte. */
  text(): string;
  /** Resolves once the text is there. */
  until(text: string): Promise<void>;
}

function ask(target: string, { method = 'GET', version = '1.1' } = {}): Client {
  const socket = connect(served.port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.on('error', () => {}); // the server ends it under us when the test is over
  socket.write(`${method} ${target} HTTP/${version}\r\nHost: x\r\n\r\n`);
  const client: Client = {
    socket,
    text: () => text,
    until: (wanted) => vi.waitUntil(() => text.includes(wanted), { interval: 2 }).then(() => {}),
  };
  clients.push(client);
  return client;
}

/** Those of this process that are logs of the test: an open file each. */
function openFiles(): string[] {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // that of the listing itself
    }
  });
  return targets.filter((target) => target === path);
}

describe('a log that is followed', () => {
  it('has Supervisor’s headers, begins with its last 1024 bytes and goes on', async () => {
    writeFileSync(path, `${'x'.repeat(2000)}\nend of old\n`);
    const client = ask('/logtail/cat');
    await client.until('end of old\n');
    const [head = '', body = ''] = client.text().split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toContain('\r\nContent-Type: text/plain;charset=utf-8\r\n');
    expect(head).toContain('\r\nX-Accel-Buffering: no\r\n');
    expect(head).toContain('\r\nTransfer-Encoding: chunked');
    expect(head).toContain(`\r\nLast-Modified: ${statSync(path).mtime.toUTCString()}\r\n`);
    expect(body).toBe(`400\r\n${'x'.repeat(1012)}\nend of old\n\r\n`);
    const writer = files.open(path, never);
    writer.write(Buffer.from('grown\n'));
    await client.until('6\r\ngrown\n\r\n');
    writer.close();
  });

  it('passes bytes on as they are', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x1b, 0x5b, 0xc3, 0x0a]);
    writeFileSync(path, bytes);
    const client = ask('/logtail/cat');
    await client.until(bytes.toString('latin1'));
  });

  it('answers at once while the log is empty', async () => {
    writeFileSync(path, '');
    await ask('/logtail/cat').until('\r\n\r\n');
  });

  it('comes to HTTP/1.0 clients at once, without chunks', async () => {
    writeFileSync(path, 'first\n');
    const client = ask('/logtail/cat', { version: '1.0' });
    await client.until('\r\n\r\nfirst\n');
    files.open(path, never).write(Buffer.from('second\n'));
    await client.until('\r\n\r\nfirst\nsecond\n');
    expect(client.text()).not.toContain('chunked');
  });

  it('goes on after it was truncated, and says so', async () => {
    const writer = files.open(path, never);
    writer.write(Buffer.from('before\n'));
    const client = ask('/logtail/cat', { version: '1.0' });
    await client.until('before\n');
    truncateSync(path);
    writer.write(Buffer.from('after\n'));
    await client.until('before\n==> File truncated <==\nafter\n');
  });

  it('goes on through rotations without losing a byte, for every follower', async () => {
    const writer = files.open(path, { maxBytes: 100, backups: 50 });
    const many = [ask('/logtail/cat', { version: '1.0' }), ask('/logtail/cat/stdout', { version: '1.0' })];
    writer.write(Buffer.from('begin\n'));
    await Promise.all(many.map((client) => client.until('begin\n')));
    const lines = Array.from({ length: 300 }, (_, i) => `line ${i}\n`).join('');
    for (const line of lines.split(/(?<=\n)/)) writer.write(Buffer.from(line));
    await Promise.all(many.map((client) => client.until(`begin\n${lines}`)));
  });

  it('waits for a client that reads slowly, and holds next to nothing for it', async () => {
    const writer = files.open(path, never);
    const client = ask('/logtail/cat', { version: '1.0' });
    writer.write(Buffer.from('begin\n'));
    await client.until('begin\n');
    client.socket.pause();
    const block = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 24; i++) {
      writer.write(block);
      await new Promise(setImmediate);
    }
    expect(client.text().length).toBeLessThan(block.length);
    expect(responses[0]?.writableLength).toBeLessThanOrEqual(128 * 1024);
    client.socket.resume();
    const whole = 24 * block.length + 'begin\n'.length;
    await vi.waitUntil(() => client.text().length > whole, { interval: 2, timeout: 20_000 });
    expect(client.text().split('\r\n\r\n')[1]?.length).toBe(whole);
  });

  it('lets go of everything when the client goes away, also one that did not read', async () => {
    const writer = files.open(path, never);
    expect(openFiles()).toEqual([path]);
    const idle = ask('/logtail/cat');
    const slow = ask('/logtail/cat');
    await vi.waitUntil(() => served.underWay === 2, { interval: 2 });
    slow.socket.pause();
    for (let i = 0; i < 16; i++) writer.write(Buffer.alloc(1024 * 1024));
    idle.socket.resetAndDestroy();
    slow.socket.resetAndDestroy();
    await vi.waitUntil(() => served.underWay === 0, { interval: 2 });
    expect(served.failures).toEqual([]);
    expect(openFiles()).toEqual([path]);
    writer.close();
  });

  it('has no end to look back from in /dev/null, which is as good as empty', async () => {
    const { supervisor, logs } = superviseFake();
    supervisor.addGroup(
      groupSpec('quiet', { processes: [processSpec('quiet', { stdout: log('/dev/null') })] }),
      'local',
    );
    const mainLogOfNone = { path: () => undefined, clear: () => {}, log: () => {} };
    await using other = await serveRoutes(logTailRoutes({ supervisor, logs, files, mainLog: mainLogOfNone }));
    const response = await fetch(`${other.url}/logtail/quiet`);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });
});

describe('the main log', () => {
  it('is followed like any other', async () => {
    mainLog = path;
    writeFileSync(path, 'INFO spawned\n');
    const client = ask('/mainlogtail');
    await client.until('INFO spawned\n');
    expect(client.text()).toContain('text/plain;charset=utf-8');
    expect(client.text()).not.toContain('X-Accel-Buffering');
  });

  it('is not found when it goes to no file', async () => {
    await ask('/mainlogtail').until('HTTP/1.1 404 ');
  });
});

describe('what is no log', () => {
  it.each([
    ['GET', '/logtail', 404],
    ['GET', '/logtail/', 404],
    ['GET', '/logtail/ghost/stdout', 404],
    ['GET', '/logtail/cat:*', 404],
    ['GET', '/logtail/cat:ghost', 404],
    ['GET', '/logtail/silent', 404],
    ['GET', '/logtail/cat/nochannel', 404],
    ['GET', '/logtail/cat/stderr', 404],
    ['POST', '/logtail/cat', 400],
    ['HEAD', '/logtail/cat', 400],
    ['POST', '/mainlogtail', 400],
  ])('%s %s is answered with %d', async (method, target, status) => {
    writeFileSync(path, 'there\n');
    const { status: actual } = await fetch(`${served.url}${target}`, { method });
    expect(actual).toBe(status);
  });

  it('a folder in the place of a log', async () => {
    mainLog = folder;
    expect((await fetch(`${served.url}/mainlogtail`)).status).toBe(404);
  });
});
