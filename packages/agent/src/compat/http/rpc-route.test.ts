import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { systemClock } from '@fleetvisor/primitives';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Dispatcher } from '../xmlrpc/dispatch.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';
import { method } from '../xmlrpc/method.ts';
import { openServer, type ServerAddress } from './open-servers.ts';
import { rpcRoute } from './rpc-route.ts';
import { RawClient } from './testing/raw-client.ts';
import { temporaryFolder, testOptions } from './testing/test-server.ts';

const none = { parameters: [], help: '' } as const;

const methods = [
  method({
    name: 'test.echo',
    parameters: [{ name: 'struct', type: 'struct' }],
    returns: 'struct',
    help: '',
    call: (struct) => struct,
  }),
  method({ ...none, name: 'test.log', returns: 'string', call: () => '\x1b[31mred\x1b[0m\r\n\0' }),
  method({ ...none, name: 'test.big', returns: 'int', call: () => 2 ** 40 }),
  method({
    ...none,
    name: 'test.ghost',
    returns: 'int',
    call: () => {
      throw new XmlRpcFault('BAD_NAME', 'ghost');
    },
  }),
  method({
    ...none,
    name: 'test.broken',
    returns: 'int',
    call: () => {
      throw new Error('broke');
    },
  }),
];

async function serve() {
  const folder = temporaryFolder();
  const { options: bare, told } = testOptions([]);
  const { log } = bare;
  const dispatcher = new Dispatcher({ methods, clock: systemClock, isRunning: () => true, log });
  const options = { ...bare, routes: [rpcRoute({ dispatcher, log })] };
  const path = `${folder.path}/sock`;
  const open = async (address: ServerAddress) => {
    const server = await openServer(address, options);
    onTestFinished(() => server[Symbol.asyncDispose]());
    return server;
  };
  onTestFinished(() => folder[Symbol.dispose]());
  await open({ kind: 'unix', path, mode: 0o700, username: 'joe', password: 'secret' });
  const free = await open({ kind: 'inet', host: '127.0.0.1', port: 0 });
  return { path, port: free.port ?? 0, told };
}

async function post(port: number, body: string, headers = '', length = Buffer.byteLength(body)): Promise<string> {
  using client = await RawClient.to(port);
  client.send(`POST /RPC2 HTTP/1.1\r\n${headers}Content-Length: ${length}\r\n\r\n${body}`);
  return await client.until(/<\/methodResponse>\n$|Message: .*\n$/);
}

const call = (name: string) => `<methodCall><methodName>${name}</methodName></methodCall>`;
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1]);

describe('/RPC2', () => {
  it('answers a call in one piece', async () => {
    const { port } = await serve();
    const answer = await post(port, call('system.listMethods'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Type: text\/xml\r\nContent-Length: \d+\r\n/);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain(`Content-Length: ${body.length}\r\n`);
  });

  it.each(['GET', 'HEAD', 'PUT', 'OPTIONS', 'DELETE'])('refuses %s', async (verb) => {
    const { port } = await serve();
    using client = await RawClient.to(port);
    client.send(`${verb} /RPC2 HTTP/1.1\r\nContent-Length: 0\r\n\r\n`);
    expect(statusOf(await client.until(/\r\n\r\n/))).toBe(400);
  });

  it('refuses a body whose length it is not told', async () => {
    const { port } = await serve();
    for (const rest of ['\r\n', `Transfer-Encoding: chunked\r\n\r\n5\r\n<met>\r\n0\r\n\r\n`]) {
      using client = await RawClient.to(port);
      client.send(`POST /RPC2 HTTP/1.1\r\n${rest}`);
      expect(statusOf(await client.until(/Message/))).toBe(411);
    }
  });

  it('refuses a body that is too large before it has come', async () => {
    const { port, told } = await serve();
    const answer = await post(port, 'x', '', 3 * 1024 ** 2);
    expect(statusOf(answer)).toBe(413);
    expect(told.lines).toEqual(['error XML-RPC request of 3145728 bytes refused with HTTP 413']);
  });

  it('refuses what is no call, and shows it in the log', async () => {
    const { port, told } = await serve();
    for (const body of ['', "it's <no> call\n", '<methodCall/>', 'x'.repeat(5000)]) {
      expect(statusOf(await post(port, body))).toBe(400);
    }
    expect(told.lines).toEqual([
      "error XML-RPC request data '' is invalid: unmarshallable",
      'error XML-RPC request data "it\'s <no> call\\n" is invalid: unmarshallable',
      "error XML-RPC request data '<methodCall/>' is invalid: no method name",
      `error XML-RPC request data '${'x'.repeat(1024)}'... (5000 bytes) is invalid: unmarshallable`,
    ]);
  });

  it('answers 500 where a method fails, and goes on', async () => {
    const { port, told } = await serve();
    expect(statusOf(await post(port, call('test.broken')))).toBe(500);
    expect(told.lines).toEqual([expect.stringContaining('test.broken() raised an unexpected exception: Error: broke')]);
    expect(statusOf(await post(port, call('test.big')))).toBe(200);
  });

  it('does nothing for a form of another site', async () => {
    const { port, told } = await serve();
    const foreign = 'Host: 127.0.0.1\r\nOrigin: http://evil.example\r\nContent-Type: text/plain\r\n';
    expect(statusOf(await post(port, call('test.broken'), foreign))).toBe(403);
    expect(told.lines).toEqual(['warn XML-RPC request refused: a page of http://evil.example made a browser send it']);
  });

  it('survives a client that leaves in the middle', async () => {
    const { port, told } = await serve();
    {
      using client = await RawClient.to(port);
      client.send('POST /RPC2 HTTP/1.1\r\nContent-Length: 100000\r\n\r\n<methodCall>');
    }
    expect(statusOf(await post(port, call('test.big')))).toBe(200);
    expect(told.lines).toEqual([]);
  });

  it('has no memory for more large bodies than a few, and always for small ones', async () => {
    const { port } = await serve();
    const clients = await Promise.all(Array.from({ length: 6 }, () => RawClient.to(port)));
    onTestFinished(() => {
      for (const client of clients) client[Symbol.dispose]();
    });
    const length = 2 * 1024 ** 2;
    // All but the last byte: so they stay where they are.
    for (const client of clients) {
      client.send(`POST /RPC2 HTTP/1.1\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length - 1)}`);
    }
    const refused = await Promise.race(clients.map((client) => client.until(/Message/)));
    expect(statusOf(refused)).toBe(503);
    expect(statusOf(await post(port, call('test.big')))).toBe(200);
    for (const client of clients) client[Symbol.dispose]();
    const text = `<methodCall><methodName>no.such</methodName>${' '.repeat(1_000_000)}</methodCall>`;
    // When they have gone, large ones are read again.
    let status = 503;
    while (status === 503) status = statusOf(await post(port, text));
    expect(status).toBe(200);
  });
});

const isPythonHere = spawnSync('python3', ['--version']).status === 0;
if (!isPythonHere) process.stderr.write('SKIPPED: no python3 to try its XML-RPC clients with\n');

describe.runIf(isPythonHere)('clients made of Python', () => {
  it('understand and are understood', async () => {
    const { path, port } = await serve();
    const uri = `http://joe:secret@127.0.0.1:${port}`;
    const script = `${import.meta.dirname}/fixtures/python_client.py`;
    const { stdout } = await promisify(execFile)('python3', [script, path, uri]);
    const talks: Record<string, readonly unknown[]> = JSON.parse(stdout);
    const talk = [
      { a: [1, 2.5, true, 'é<&>😀', []], b: '' },
      '␛[31mred␛[0m\r\n␀',
      { fault: [10, 'BAD_NAME: ghost'] },
      { http: 500 },
      { fault: [1, 'UNKNOWN_METHOD'] },
      expect.arrayContaining(['test.echo', 'system.multicall']),
      [2 ** 40, 2 ** 40],
      1_000_000,
    ];
    const { 'xmlrpc.client': withoutPassword, ...others } = talks;
    expect(withoutPassword?.[0]).toEqual({ http: 401 });
    for (const other of Object.values(others)) expect(other).toEqual(talk);
    expect(Object.keys(others)).toContain('over TCP');
  });
});
