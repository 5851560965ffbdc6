import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LinkServiceService, type SessionRequest, SessionResponse } from '@fleetvisor/protocol/link';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { engineEndOf } from './bridge/ipc.ts';
import { introduction } from './link/fixtures/introduction.ts';
import { ScriptedEngine } from './link/fixtures/scripted-engine.ts';

const linkModule = fileURLToPath(new URL('./link.ts', import.meta.url));

function start(): ChildProcess {
  const child = fork(linkModule, [], { serialization: 'advanced', execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

const ack = (upToSeq: bigint) =>
  SessionResponse.fromPartial({ body: { $case: 'eventAck', value: { epoch: 'epoch', upToSeq } } });

/** A controller that welcomes everybody. */
async function serve(heard: SessionRequest[]): Promise<string> {
  const server = new Server();
  onTestFinished(() => server.forceShutdown());
  const welcome = SessionResponse.fromPartial({
    body: {
      $case: 'welcome',
      value: { session: 1n, fleetId: 'f', incarnation: 'i', protocol: 1, heartbeatMs: 200, eventsInFlightMax: 10 },
    },
  });
  const session = (call: ServerDuplexStream<SessionRequest, SessionResponse>) => {
    call.on('data', (message: SessionRequest) => {
      heard.push(message);
      if (message.body?.$case === 'hello') call.write(welcome);
      const last = message.body?.$case === 'events' ? message.body.value.events.at(-1) : undefined;
      if (last !== undefined) call.write(ack(last.seq));
    });
    call.on('end', () => call.end());
  };
  server.addService(LinkServiceService, { session, logStream: () => undefined });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return `127.0.0.1:${port}`;
}

describe('the link as a process', () => {
  it('speaks with a controller for its engine, and says goodbye', async () => {
    const heard: SessionRequest[] = [];
    const endpoint = await serve(heard);
    const child = start();
    const engine = new ScriptedEngine(engineEndOf(child), introduction({ endpoints: [endpoint] }));
    engine.append(2);
    const kinds = () => heard.map((message) => message.body?.$case);
    await expect.poll(kinds, { timeout: 10_000 }).toEqual(expect.arrayContaining(['hello', 'events', 'heartbeat']));
    child.kill('SIGTERM'); // not its to heed
    engine.say({ kind: 'stopping', reason: 'upgrade' });
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(kinds().at(-1)).toBe('goodbye');
  });

  it('exits as soon as its engine is gone', async () => {
    const child = start();
    const engine = new ScriptedEngine(engineEndOf(child), introduction({ endpoints: ['127.0.0.1:1'] }));
    await expect.poll(() => engine.all('disconnected').length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(engine.all('disconnected')[0]?.reason).toMatch(/^controller 127\.0\.0\.1:1: cannot connect: .*ECONNREFUSED/);
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('started by hand says whose it is', async () => {
    const child = spawn(process.execPath, [linkModule], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(2);
    expect(said).toBe('this is the link of a fleet-agent, and only fleet-agent can start it\n');
  });
});
