/** Clients that are slow, silent or too many: none of them holds anything for ever. Real sockets, a clock that is moved by hand. */
import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openServer } from './open-servers.ts';
import type { Route } from './route.ts';
import { sendWhole } from './send.ts';
import { RawClient } from './testing/raw-client.ts';
import { temporaryFolder, testOptions } from './testing/test-server.ts';

const MINUTE_MS = 60_000;

async function serve(handle: Route['handle'], connectionsMax?: number) {
  const folder = temporaryFolder();
  const path = `${folder.path}/sock`;
  const clock = new VirtualClock();
  const { options } = testOptions([{ prefix: '/', handle }], clock, connectionsMax);
  const server = await openServer({ kind: 'unix', path, mode: 0o700 }, options);
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });
  return { path, clock, server };
}

const answerHello: Route['handle'] = (_, response) => sendWhole(response, 200, 'text/plain', 'hello');
const REQUEST = 'GET / HTTP/1.1\r\n\r\n';

/** Waits for what happens in the server, outside of this test's sight. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a client', () => {
  it('that does not finish its headers is let go', async () => {
    const { path, clock } = await serve(answerHello);
    using client = await RawClient.to(path);
    client.send('GET / HTTP/1.1\r\nX: ');
    await until(() => clock.armed === 1);
    // Each byte in time, and never an end.
    clock.advance(MINUTE_MS - 1);
    client.send('a');
    await until(() => clock.armed === 1);
    expect(client.isEnded).toBe(false);
    clock.advance(1);
    await client.ended();
    expect(clock.armed).toBe(0);
  });

  it('that does not finish its body is let go, whether or not it is read', async () => {
    const { path, clock } = await serve(async (request, response) => {
      if (request.url === '/read') for await (const _ of request);
      sendWhole(response, 200, 'text/plain', 'hello');
    });
    for (const url of ['/read', '/unread']) {
      using client = await RawClient.to(path);
      client.send(`POST ${url} HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345`);
      await until(() => clock.armed === 1);
      clock.advance(MINUTE_MS);
      await client.ended();
    }
    expect(clock.armed).toBe(0);
  });

  it('that sends on and on after its answer is let go', async () => {
    const { path } = await serve((_, response) => sendWhole(response, 413, 'text/plain', 'hello'));
    using client = await RawClient.to(path);
    client.send('POST / HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n');
    await client.until(/hello/);
    let sentMb = 0;
    while (!client.isEnded && sentMb < 1000) {
      const isRead = new Promise((resolve) => client.socket.once('drain', resolve).once('close', resolve));
      client.send('x'.repeat(1_000_000));
      sentMb++;
      await isRead;
    }
    expect(sentMb).toBeLessThan(100);
  });

  it('that finishes in time is answered, and no timer is left', async () => {
    const { path, clock } = await serve(answerHello);
    using client = await RawClient.to(path);
    for (const round of [1, 2]) {
      client.send('GET / HT');
      await until(() => clock.armed === 1);
      client.send('TP/1.1\r\n\r\n');
      await client.until(new RegExp(`(hello.*){${round}}`, 's'));
      await until(() => clock.armed === 0);
    }
  });

  it('that does not read its answer is let go', async () => {
    const { path, clock } = await serve((_, response) =>
      sendWhole(response, 200, 'text/plain', 'x'.repeat(10_000_000)),
    );
    using client = await RawClient.to(path);
    client.socket.pause();
    client.send(REQUEST);
    await until(() => clock.armed === 1);
    clock.advance(2 * MINUTE_MS);
    client.socket.resume();
    await client.ended();
    expect(client.received.length).toBeLessThan(10_000_000);
    expect(clock.armed).toBe(0);
  });

  it('that waits for an answer, or is silent on a kept connection, may do so for ever at no cost', async () => {
    const answers: (() => void)[] = [];
    const { path, clock } = await serve((_, response) => {
      answers.push(() => sendWhole(response, 200, 'text/plain', 'hello'));
    });
    using silent = await RawClient.to(path);
    using waiting = await RawClient.to(path);
    waiting.send(REQUEST);
    await until(() => answers.length === 1);
    expect(clock.armed).toBe(0);
    clock.advance(24 * 60 * MINUTE_MS);
    answers.pop()?.();
    await waiting.until(/hello$/);
    silent.send(REQUEST);
    await until(() => answers.length === 1);
    answers.pop()?.();
    await silent.until(/hello$/);
  });
});

describe('too many clients', () => {
  it('make room by the one that has been idle longest', async () => {
    const { path } = await serve(answerHello, 3);
    using first = await RawClient.to(path);
    using second = await RawClient.to(path);
    using third = await RawClient.to(path);
    // The first has been there longest, and is the one that was used last.
    for (const client of [third, second, first]) {
      client.send(REQUEST);
      await client.until(/hello$/);
    }
    using fourth = await RawClient.to(path);
    fourth.send(REQUEST);
    expect(await fourth.until(/hello$/)).toContain('hello');
    await third.ended();
    expect([first.isEnded, second.isEnded]).toEqual([false, false]);
  });

  it('are refused when all the others wait for answers', async () => {
    const answers: (() => void)[] = [];
    const { path } = await serve((_, response) => {
      answers.push(() => sendWhole(response, 200, 'text/plain', 'hello'));
    }, 2);
    using first = await RawClient.to(path);
    using second = await RawClient.to(path);
    for (const client of [first, second]) client.send(REQUEST);
    await until(() => answers.length === 2);
    using third = await RawClient.to(path);
    await third.ended();
    for (const answer of answers) answer();
    await first.until(/hello$/);
    await second.until(/hello$/);
  });
});

describe('a client that does not wait for answers', () => {
  it('is let go when too many are open', async () => {
    let came = 0;
    const { path } = await serve(() => {
      came += 1;
    });
    using client = await RawClient.to(path);
    client.send(REQUEST.repeat(500));
    await until(() => came === 500);
    expect(client.isEnded).toBe(false);
    client.send(REQUEST.repeat(500));
    await client.ended();
    expect(came).toBeLessThan(600);
  });
});

describe('closing', () => {
  it('ends idle connections, long answers and those that wait', async () => {
    const { path, clock, server } = await serve((request, response) => {
      if (request.url === '/tail') {
        response.writeHead(200);
        response.write('line\n');
      }
    });
    using idle = await RawClient.to(path);
    using tail = await RawClient.to(path);
    using waiting = await RawClient.to(path);
    tail.send('GET /tail HTTP/1.1\r\n\r\n');
    waiting.send(REQUEST);
    await tail.until(/line/);
    await server[Symbol.asyncDispose]();
    for (const client of [idle, tail, waiting]) await client.ended();
    expect(clock.armed).toBe(0);
  });

  it('answers the call that has it close', async () => {
    const closing = Promise.withResolvers<void>();
    const { path, server } = await serve(async (_, response) => {
      server[Symbol.asyncDispose]().then(closing.resolve, closing.reject);
      await Promise.resolve();
      sendWhole(response, 200, 'text/plain', 'closed');
    });
    using client = await RawClient.to(path);
    client.send(REQUEST);
    await closing.promise;
    await client.ended();
    expect(client.received).toMatch(/closed$/);
  });

  it('lets a client read what has been answered, but not for long', async () => {
    const { path, clock, server } = await serve((_, response) =>
      sendWhole(response, 200, 'text/plain', 'x'.repeat(5_000_000)),
    );
    using reads = await RawClient.to(path);
    using blocks = await RawClient.to(path);
    blocks.socket.pause();
    for (const client of [reads, blocks]) {
      client.socket.pause();
      client.send(REQUEST);
    }
    await until(() => clock.armed === 2);
    const closed = server[Symbol.asyncDispose]();
    reads.socket.resume();
    await reads.ended();
    expect(reads.received.length).toBeGreaterThan(5_000_000);
    clock.advance(1000);
    await closed;
  });
});
