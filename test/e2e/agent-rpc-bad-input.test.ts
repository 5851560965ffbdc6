/** What an agent answers to requests that are no calls, and that they harm nobody: neither its programs nor other clients. */
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { ask, exchange } from '../support/http.ts';
import { rssBytes } from '../support/proc.ts';
import { call, post, processInfo, readResponse, served, socketOf, writeCall } from '../support/rpc.ts';
import { until } from '../support/until.ts';

const cat = '[program:cat]\ncommand=cat\nstartsecs=0\n';

/** Bodies, and what they are instead of a call. */
const noCalls = [
  { what: 'nothing', body: '' },
  { what: 'no XML', body: 'hello' },
  { what: 'half a call', body: writeCall('supervisor.getState', []).slice(0, -9) },
  { what: 'another document', body: '<html/>' },
  { what: 'no method name', body: '<methodCall><params/></methodCall>' },
  { what: 'an int that is none', body: writeCall('supervisor.readLog', [0, 0]).replace('>0<', '>many<') },
  { what: 'bytes that are no text', body: Buffer.from([0xff, 0xfe, 0x00]) },
  {
    what: 'an entity of its own',
    body: `<!DOCTYPE m [<!ENTITY a "supervisor.getState">]>${writeCall('&a;', [])}`,
  },
  {
    what: 'a file as an entity',
    body: `<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>${writeCall('supervisor.sendProcessStdin', ['cat', 'X']).replace('X', '&a;')}`,
  },
  {
    what: 'ten levels of entities',
    body: `<!DOCTYPE m [<!ENTITY a0 "x">${Array.from({ length: 10 }, (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`).join('')}]>${writeCall('&a10;', [])}`,
  },
  {
    what: 'a thousand levels of arrays',
    body: writeCall('system.multicall', ['X']).replace('<string>X</string>', nested(1000)),
  },
  {
    what: 'twenty thousand levels',
    body: writeCall('system.multicall', ['X']).replace('<string>X</string>', nested(20_000)),
  },
];

async function expectUnharmed(agent: LoneAgent): Promise<void> {
  expect(await processInfo(agent, 'cat')).toMatchObject({ statename: 'RUNNING', pid: await agent.pidOf('cat') });
  expect(agent.pidsOf('cat')).toHaveLength(1);
  expect(agent.messages().filter((text) => /unexpected exception|Server Error/.test(text))).toEqual([]);
}

describe.concurrent('a request that is no call', () => {
  it('is answered with 400', async () => {
    await using agent = await LoneAgent.start(served + cat);
    for (const { what, body } of noCalls) {
      const { status } = await post(agent, body);
      expect({ what, status }).toEqual({ what, status: 400 });
    }
    await expectUnharmed(agent);
    expect(agent.messages().filter((text) => text.startsWith('XML-RPC request data'))).toHaveLength(noCalls.length);
  });

  it('is answered as HTTP has it', async () => {
    await using agent = await LoneAgent.start(served + cat);
    const socket = socketOf(agent);
    expect(await ask(socket, { path: '/RPC2' })).toMatchObject({ status: 400 });
    expect(await ask(socket, { path: '/RPC2', method: 'PUT', body: 'x' })).toMatchObject({ status: 400 });
    expect(
      await ask(socket, { path: '/RPC2', method: 'POST', headers: { 'Transfer-Encoding': 'chunked' } }),
    ).toMatchObject({ status: 411 });
    expect(await ask(socket, { path: '/nope' })).toMatchObject({ status: 404 });
    expect(await exchange(socket, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await exchange(socket, `GET / HTTP/1.1\r\nA: ${'a'.repeat(100_000)}\r\n\r\n`)).toMatch(
      /^(HTTP\/1\.1 4\d\d |$)/,
    );
    await expectUnharmed(agent);
  });
});

function nested(depth: number): string {
  return `${'<array><data><value>'.repeat(depth)}${'</value></data></array>'.repeat(depth)}`;
}

describe.concurrent('a client', () => {
  it('that sends more than anybody could mean is refused, and memory stays as it was', async () => {
    await using agent = await LoneAgent.start(served + cat);
    const before = rssBytes(agent.pid);
    const sendGiant = (declared: number) =>
      exchange(
        socketOf(agent),
        `POST /RPC2 HTTP/1.1\r\nContent-Length: ${declared}\r\nConnection: close\r\n\r\n${'x'.repeat(1_000_000)}`,
      ).catch((error: Error) => error.message);
    const answers = await Promise.all([1e8, 1e10, 1e15].map(sendGiant));
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 413 |ECONNRESET|EPIPE/);
    expect(rssBytes(agent.pid) - before).toBeLessThan(64 * 1024 ** 2);
    await expectUnharmed(agent);
  });

  it('that says nothing, or half of it, or does not read, keeps nobody waiting', async () => {
    await using agent = await LoneAgent.start(served + cat);
    const path = agent.path('agent.sock');
    const silent = Array.from({ length: 50 }, () => connect(path));
    for (const [place, socket] of silent.entries()) {
      socket.on('error', () => {});
      if (place % 2 === 1) socket.write('POST /RPC2 HTTP/1.1\r\nContent-Length: 1000\r\n\r\n<?xml');
    }
    const deaf = connect(path).pause();
    deaf.on('error', () => {});
    const body = writeCall('system.listMethods', []);
    deaf.write(`POST /RPC2 HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`.repeat(50));
    await expectUnharmed(agent);
    for (const socket of [...silent, deaf]) socket.destroy();
    await expectUnharmed(agent);
  });

  it('that goes away while it waits leaves what it asked for going on', async () => {
    await using agent = await LoneAgent.start(
      `${served}[program:late]\ncommand=sleep 1000\nautostart=false\nstartsecs=1\n`,
    );
    const socket = connect(agent.path('agent.sock')).on('error', () => {});
    const body = writeCall('supervisor.startProcess', ['late']);
    socket.write(`POST /RPC2 HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await agent.pidOf('late');
    socket.destroy();
    await until('it runs', async () => (await processInfo(agent, 'late')).statename === 'RUNNING');
  });

  it('may ask again and again on one connection, also without waiting, and with a type or an address of its own', async () => {
    await using agent = await LoneAgent.start(served + cat);
    const body = '<methodCall><methodName>supervisor.getVersion</methodName></methodCall>';
    const one = `POST /RPC2/more HTTP/1.1\r\nContent-Length: ${body.length}\r\nContent-Type: text/plain\r\n`;
    const text = await exchange(
      socketOf(agent),
      `${`${one}\r\n${body}`.repeat(3)}${one}Connection: close\r\n\r\n${body}`,
    );
    const answers = text.split(/(?=HTTP\/1\.1 )/);
    expect(answers.map((answer) => readResponse(answer.split('\r\n\r\n')[1] ?? ''))).toEqual(Array(4).fill('3.0'));
    expect(await call(agent, 'supervisor.getVersion')).toBe('3.0');
  });
});
