import { describe, expect, it, onTestFinished } from 'vitest';
import { openServer, type ServerAddress } from './open-servers.ts';
import type { Route } from './route.ts';
import { sendWhole } from './send.ts';
import { RawClient } from './testing/raw-client.ts';
import { temporaryFolder, testOptions } from './testing/test-server.ts';

const hello: Route = { prefix: '/hello', handle: (_, response) => sendWhole(response, 200, 'text/plain', 'hello') };

async function serve(routes: readonly Route[], address: Partial<ServerAddress> = {}) {
  const folder = temporaryFolder();
  const path = `${folder.path}/sock`;
  const { options, told } = testOptions(routes);
  const server = await openServer({ kind: 'unix', path, mode: 0o700, ...address } as ServerAddress, options);
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });
  return { path, told };
}

/** The whole answer to bytes. */
async function exchange(path: string, sent: string): Promise<string> {
  using client = await RawClient.to(path);
  client.send(sent);
  return await client.until(/\r\n\r\n.*(hello|Message: .*)\s*$|^HTTP\/1.1 4\d\d [\s\S]*\r\n\r\n$/s);
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);

describe('a server', () => {
  it('takes the first route whose prefix fits', async () => {
    const shadowed: Route = {
      prefix: '/hello/there',
      handle: (_, response) => sendWhole(response, 200, 'text/plain', 'no'),
    };
    const { path } = await serve([hello, shadowed]);
    for (const url of ['/hello', '/hellox', '/hello/there?a=b', '/%68ello']) {
      expect(await exchange(path, `GET ${url} HTTP/1.1\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 200 OK\r\nServer: Medusa\/1\.12\r\n.*hello$/s,
      );
    }
  });

  it.each([
    ['an unknown path', 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n', 404],
    ['a path that cannot be decoded', 'GET /%zz HTTP/1.1\r\n\r\n', 404],
    ['HEAD', 'HEAD /index.html HTTP/1.1\r\n\r\n', 404],
    ['POST elsewhere', 'POST /other HTTP/1.1\r\nContent-Length: 4\r\n\r\n<x/>', 400],
    ['PUT', 'PUT /x HTTP/1.1\r\nContent-Length: 0\r\n\r\n', 400],
    ['no HTTP', 'NONSENSE\r\n\r\n', 400],
    ['binary', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a length that is none', 'POST /hello HTTP/1.1\r\nContent-Length: 1x\r\n\r\n', 400],
    ['two lengths', 'POST /hello HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['endless headers', `GET /hello HTTP/1.1\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`, 400],
    ['long headers', `GET /x HTTP/1.1\r\nX: ${'a'.repeat(60_000)}\r\n\r\n`, 404],
  ])('answers %s', async (_, sent, status) => {
    const { path } = await serve([hello]);
    const answer = await exchange(path, sent);
    expect(statusOf(answer)).toBe(status);
    expect(answer).toContain('Content-Type: text/html');
    if (!sent.startsWith('HEAD')) expect(answer).toContain('<title>Error response</title>');
  });

  it('answers requests that come together in their order, and keeps the connection', async () => {
    const { path } = await serve([hello]);
    using client = await RawClient.to(path);
    client.send('GET /hello HTTP/1.1\r\n\r\nGET /x HTTP/1.1\r\n\r\nGET /hello HTTP/1.1\r\n\r\n');
    const answers = await client.until(/hello.*404.*hello/s);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
    client.send('GET /hello HTTP/1.0\r\n\r\n');
    await client.ended();
    expect(client.received.match(/hello/g)).toHaveLength(3);
  });

  it('answers what was asked before something that is no HTTP, then closes', async () => {
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    const slow: Route = {
      prefix: '/slow',
      handle: async (_, response) => told.then(() => sendWhole(response, 200, 'text/plain', 'hello')),
    };
    const { path } = await serve([slow]);
    using client = await RawClient.to(path);
    // A length that is too short leaves such a rest.
    client.send('POST /slow HTTP/1.1\r\nContent-Length: 3\r\n\r\n<methodCall/>\r\n\r\n');
    await new Promise((resolve) => setImmediate(resolve));
    tell();
    await client.ended();
    expect(client.received).toMatch(/^HTTP\/1\.1 200 .*hello$/s);
  });

  it('has a name in an address as it is sent, ASCII or not', async () => {
    const urls: (string | undefined)[] = [];
    const { path } = await serve([
      {
        prefix: '/log',
        handle: ({ url }, response) => {
          urls.push(url);
          sendWhole(response, 200, 'text/plain', 'hello');
        },
      },
    ]);
    using client = await RawClient.to(path);
    const raw = Buffer.from('GET /log/é HTTP/1.1\r\nX: é\r\n').toString('latin1');
    client.send(raw);
    client.send('\r\n');
    await client.until(/hello/);
    client.send(`${raw}\r\n`);
    await client.until(/hello.*hello/s);
    expect(urls).toEqual(['/log/%c3%a9', '/log/%c3%a9']);
  });

  it('reads a request that comes byte by byte', async () => {
    const { path } = await serve([hello]);
    using client = await RawClient.to(path);
    for (const byte of 'GET /hello HTTP/1.1\r\nHost: x\r\n\r\n') client.send(byte);
    expect(statusOf(await client.until(/hello$/))).toBe(200);
  });

  it('tells of each request at trace level alone', async () => {
    const { path, told } = await serve([hello]);
    await exchange(path, 'GET /hello?a HTTP/1.1\r\n\r\n');
    expect(told).toEqual({ lines: [], traces: ['localhost - - "GET /hello?a HTTP/1.1" 200'], warnings: [] });
  });

  it('answers 500 when a route fails, and tells why', async () => {
    const fail = () => {
      throw new Error('broke');
    };
    const { path, told } = await serve([
      { prefix: '/now', handle: fail },
      { prefix: '/later', handle: async () => fail() },
    ]);
    for (const url of ['/now', '/later'])
      expect(statusOf(await exchange(path, `GET ${url} HTTP/1.1\r\n\r\n`))).toBe(500);
    expect(told.lines).toEqual([
      expect.stringMatching(/^error Server Error: GET \/now: Error: broke\n/),
      expect.stringMatching(/^error Server Error: GET \/later: Error: broke\n/),
    ]);
  });

  it('cuts an answer short whose route fails in the middle', async () => {
    const { path } = await serve([
      {
        prefix: '/',
        handle: (_, response) => {
          response.writeHead(200);
          response.write('half');
          throw new Error('broke');
        },
      },
    ]);
    using client = await RawClient.to(path);
    client.send('GET / HTTP/1.1\r\n\r\n');
    await client.ended();
    expect(client.received).not.toContain('\r\n0\r\n\r\n');
  });
});

describe('a server with a user name', () => {
  const authorization = (text: string) => `Authorization: Basic ${Buffer.from(text).toString('base64')}\r\n`;
  const joe = { username: 'joe', password: 'secret' };

  it('lets in who knows the password', async () => {
    const { path } = await serve([hello], joe);
    expect(statusOf(await exchange(path, `GET /hello HTTP/1.1\r\n${authorization('joe:secret')}\r\n`))).toBe(200);
  });

  it.each(['', authorization('joe:wrong'), 'Authorization: Basic !!!\r\n', 'Authorization: Digest x\r\n'])(
    'keeps out, before it says what there is: %j',
    async (header) => {
      const { path } = await serve([hello], joe);
      for (const url of ['/hello', '/x']) {
        const answer = await exchange(path, `POST ${url} HTTP/1.1\r\n${header}Content-Length: 2\r\n\r\nhi`);
        expect(statusOf(answer)).toBe(401);
        expect(answer).toContain('WWW-Authenticate: Basic realm="default"\r\n');
      }
    },
  );

  it('goes on with who tries again on the same connection', async () => {
    const { path } = await serve([hello], joe);
    using client = await RawClient.to(path);
    client.send('POST /hello HTTP/1.1\r\nContent-Length: 100000\r\n\r\n');
    await client.until(/Unauthorized\.<\/p>\n$/);
    client.send('x'.repeat(100_000));
    client.send(`GET /hello HTTP/1.1\r\n${authorization('joe:secret')}\r\n`);
    expect(await client.until(/hello$/)).toMatch(/^HTTP\/1\.1 401 .*HTTP\/1\.1 200 /s);
  });
});
