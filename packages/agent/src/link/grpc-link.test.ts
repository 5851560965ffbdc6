import { once } from 'node:events';
import { createServer } from 'node:net';
import { FleetError, systemClock } from '@fleetvisor/primitives';
import { LinkServiceService, SessionRequest, SessionResponse } from '@fleetvisor/protocol/link';
import {
  type handleBidiStreamingCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  status,
} from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Connection, SessionLink } from './connection.ts';
import { grpcConnect } from './grpc-link.ts';

type Call = ServerDuplexStream<SessionRequest, SessionResponse>;

const never = new AbortController().signal;
const connect = grpcConnect(systemClock);
const hello = SessionRequest.fromPartial({ body: { $case: 'hello', value: { hostId: 'h' } } });
const ack = (upToSeq: bigint) => SessionResponse.fromPartial({ body: { $case: 'eventAck', value: { upToSeq } } });

async function serve(
  session: (call: Call) => void,
  logStream: handleBidiStreamingCall<unknown, unknown> = (call) => call.end(),
): Promise<string> {
  const server = new Server();
  server.addService(LinkServiceService, { session, logStream });
  onTestFinished(() => server.forceShutdown());
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return `127.0.0.1:${port}`;
}

async function dial(endpoint: string): Promise<{ connection: Connection; link: SessionLink }> {
  const connection = await connect(endpoint, never);
  onTestFinished(async () => void (await connection[Symbol.asyncDispose]()));
  return { connection, link: connection.openSession() };
}

async function failureOf(link: SessionLink): Promise<FleetError> {
  try {
    for await (const _ of link.incoming);
  } catch (error) {
    if (error instanceof FleetError) return error;
  }
  throw new Error('it did not fail');
}

describe('the link over gRPC', () => {
  it('carries messages both ways, in order', async () => {
    const endpoint = await serve((call) => {
      let count = 0n;
      call.on('data', () => call.write(ack(++count)));
      call.on('end', () => call.end());
    });
    const { link } = await dial(endpoint);
    const incoming = link.incoming[Symbol.asyncIterator]();
    for (let i = 1n; i <= 50n; i++) {
      await link.send(hello);
      expect((await incoming.next()).value).toEqual(ack(i));
    }
    await link[Symbol.asyncDispose]();
    expect((await incoming.next()).done).toBe(true);
  });

  it('gives what was said before the end, then the end', async () => {
    const endpoint = await serve((call) => {
      call.write(ack(1n));
      call.write(ack(2n));
      call.end();
    });
    const { link } = await dial(endpoint);
    const seen = [];
    for await (const message of link.incoming) seen.push(message);
    expect(seen).toEqual([ack(1n), ack(2n)]);
    await expect(link.send(hello)).rejects.toThrow('the controller ended the stream');
  });

  it('gives what was said before a failure, then the failure', async () => {
    const endpoint = await serve((call) => {
      call.write(ack(1n));
      call.emit('error', { code: status.INTERNAL, details: 'the controller has a fault' });
    });
    const { link } = await dial(endpoint);
    const incoming = link.incoming[Symbol.asyncIterator]();
    expect((await incoming.next()).value).toEqual(ack(1n));
    await expect(incoming.next()).rejects.toThrow('the controller has a fault');
  });

  it('waits while the peer does not read', async () => {
    const calls: Call[] = [];
    const endpoint = await serve((call) => void calls.push(call));
    const { link } = await dial(endpoint);
    const events = [{ seq: 1n, atUs: 1n, body: Buffer.alloc(500_000) }];
    const big = SessionRequest.fromPartial({ body: { $case: 'events', value: { epoch: 'e', events } } });
    let sent = 0;
    const sending = (async () => {
      for (; sent < 40; sent++) await link.send(big);
    })();
    let before = -1;
    await expect
      .poll(
        () => {
          const stands = sent === before && calls.length > 0;
          before = sent;
          return stands;
        },
        { interval: 100 },
      )
      .toBe(true);
    expect(sent).toBeLessThan(10);
    calls[0]?.on('data', () => undefined);
    await sending;
    expect(sent).toBe(40);
  });

  it('lets a send be called off', async () => {
    const { link } = await dial(await serve(() => undefined));
    const calledOff = new AbortController();
    const events = [{ seq: 1n, atUs: 1n, body: Buffer.alloc(3_000_000) }];
    const big = SessionRequest.fromPartial({ body: { $case: 'events', value: { epoch: 'e', events } } });
    const sending = (async () => {
      for (;;) await link.send(big, calledOff.signal);
    })();
    calledOff.abort(new Error('called off'));
    await expect(sending).rejects.toThrow('called off');
  });

  it('carries logs on a connection of their own, beside which the session goes on', async () => {
    const peers: string[] = [];
    const endpoint = await serve(
      (call) => {
        peers.push(call.getPeer());
        call.on('data', () => call.write(ack(1n)));
        call.on('end', () => call.end());
      },
      (call) => {
        peers.push(call.getPeer());
        call.resume();
        call.on('end', () => call.end());
      },
    );
    const { connection, link } = await dial(endpoint);
    await link.send(hello);
    for (let i = 0; i < 2; i++) {
      await using log = connection.openLogStream();
      await log.send({ body: { $case: 'end', value: { error: '' } } });
    }
    await link.send(hello);
    expect(peers).toHaveLength(3);
    expect(new Set(peers).size).toBe(2);
    expect(peers[1]).toBe(peers[2]);
  });

  it('ends with its connection', async () => {
    const { connection, link } = await dial(await serve(() => undefined));
    await link.send(hello);
    await link[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
    await expect(link.send(hello)).rejects.toThrow(FleetError);
  });

  it('says why it cannot connect', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    const port = typeof address === 'object' ? address?.port : 0;
    closed.close();
    const { link } = await dial(`127.0.0.1:${port}`);
    const error = await failureOf(link);
    expect(error.code).toBe('unavailable');
    expect(error.message).toMatch(/^cannot connect: .*ECONNREFUSED/);
  });

  it('tells a port that is not for agents from a controller that is down', async () => {
    const server = new Server();
    onTestFinished(() => server.forceShutdown());
    const port = await new Promise<number>((resolve) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) => resolve(bound)),
    );
    const { link } = await dial(`127.0.0.1:${port}`);
    expect((await failureOf(link)).message).toContain('takes no agents');
  });

  it('does not dial when called off before', async () => {
    await expect(connect('127.0.0.1:1', AbortSignal.abort(new Error('called off')))).rejects.toThrow('called off');
  });
});
