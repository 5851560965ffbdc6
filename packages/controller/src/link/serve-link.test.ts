/** The agents' door with real sockets; what is said through it is tested beside `session.ts`. */
import { once } from 'node:events';
import { systemClock, systemRandom } from '@fleetvisor/primitives';
import {
  Hello,
  LinkServiceClient,
  RejectCode,
  type SessionRequest,
  type SessionResponse,
} from '@fleetvisor/protocol/link';
import { type ClientDuplexStream, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatListenAddress } from '../listen-address.ts';
import { type Fleet, startFleet } from '../start-fleet.ts';
import { everything } from '../store/contract/samples.ts';
import { readEventBody } from '../store/event-body.ts';
import { type TemporaryStore, temporaryStore } from '../store/sqlite/test-support/temporary-store.ts';
import { type LinkDoor, serveLink } from './serve-link.ts';
import { epochOf, hostIdOf } from './testing/test-fleet.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const clock = systemClock;

let stored: TemporaryStore;
let fleet: Fleet;
let door: LinkDoor;
let client: LinkServiceClient;

beforeEach(async () => {
  stored = await temporaryStore();
  fleet = await startFleet({ store: stored.store, clock, random: systemRandom, log, version: '0.1.0' });
  door = await serveLink({ host: '127.0.0.1', port: 0 }, { fleet, clock, log });
  client = new LinkServiceClient(formatListenAddress(door.address), credentials.createInsecure());
});

afterEach(async () => {
  client.close();
  await door[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
  await stored[Symbol.asyncDispose]();
});

type AgentStream = ClientDuplexStream<SessionRequest, SessionResponse>;

function dial(hello: Partial<Hello> = {}): AgentStream {
  const stream = client.session();
  const events = { epoch: epochOf(1), firstSeq: 1n, nextSeq: 1n };
  const said = { hostId: hostIdOf(1), name: 'web1', engineInstanceId: 'life', protocolMin: 1, protocolMax: 1, events };
  stream.write({ body: { $case: 'hello', value: Hello.fromPartial({ ...said, ...hello }) } });
  return stream;
}

const isConnected = () => fleet.live.host(hostIdOf(1))?.isConnected;

it('says why before it ends a session that it refuses', async () => {
  const stream = dial({ name: 'no name' });
  const messages = await Array.fromAsync<SessionResponse>(stream);
  expect(messages).toMatchObject([{ body: { $case: 'reject', value: { code: RejectCode.INVALID_HELLO } } }]);
});

it('notices an agent that hangs up, and one that breaks off', async () => {
  for (const leave of [(stream: AgentStream) => stream.end(), (stream: AgentStream) => stream.cancel()]) {
    const stream = dial();
    stream.on('error', () => {}); // of cancelling
    const [welcome] = await once(stream, 'data');
    expect(welcome).toMatchObject({ body: { $case: 'welcome' } });
    await expect.poll(isConnected).toBe(true);
    leave(stream);
    await expect.poll(isConnected).toBe(false);
  }
});

it('ends the session of an agent that sends more than a message may have, and goes on', async () => {
  const stream = dial();
  await once(stream, 'data');
  const body = Buffer.alloc(5 * 1024 * 1024);
  stream.write({ body: { $case: 'events', value: { epoch: epochOf(1), events: [{ seq: 1n, atUs: 0n, body }] } } });
  const [error]: ServiceError[] = await once(stream, 'error').catch((thrown) => [thrown]);
  expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
  await expect.poll(isConnected).toBe(false);
  const again = dial();
  expect((await once(again, 'data'))[0]).toMatchObject({ body: { $case: 'welcome' } });
  again.cancel();
  again.on('error', () => {});
});

it('sends every host away when it closes, and says in the history why', async () => {
  const stream = dial();
  const messages = Array.fromAsync<SessionResponse>(stream);
  await expect.poll(isConnected).toBe(true);
  await door[Symbol.asyncDispose]();
  const reason = 'the controller is shutting down';
  expect((await messages).map(({ body }) => body)).toMatchObject([
    { $case: 'welcome' },
    { $case: 'redirect', value: { endpoints: [], afterMs: 0, reason } },
  ]);
  expect(isConnected()).toBe(false);
  await fleet[Symbol.asyncDispose]();
  const last = (await stored.store.events.newest(0n, everything, 1)).map(readEventBody);
  expect(last).toMatchObject([{ $case: 'hostDisconnected', value: { reason } }]);
});

it('does not wait, when it closes, for a log stream that says nothing', async () => {
  const stream = client.logStream();
  stream.on('error', () => {}); // of the port that closes
  // The stream is open once another one on the same connection has been answered.
  await once(dial(), 'data');
  await door[Symbol.asyncDispose]();
});

it('says what to do when the port is taken', async () => {
  const second = serveLink(door.address, { fleet, clock, log });
  await expect(second).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('--link') });
});
