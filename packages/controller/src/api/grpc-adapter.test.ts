import { FleetError, VirtualClock } from '@fleetvisor/primitives';
import {
  FleetServiceClient,
  FleetServiceService,
  GetFleetResponse,
  ListProcessesResponse,
} from '@fleetvisor/protocol/api';
import { credentials, Metadata, Server, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Call, ServiceMethods } from './call.ts';
import { handlersOf } from './grpc-adapter.ts';
import { RunningCalls } from './running-calls.ts';

type Methods = ServiceMethods<typeof FleetServiceService>;

const unused: Methods = {
  getFleet: async () => GetFleetResponse.create(),
  listHosts: async () => ({ hosts: [] }),
  forgetHost: async () => ({ hostId: '' }),
  listProcesses: async function* () {},
};

/** A service with these methods behind a real socket, its client, and the log lines of its calls. */
async function served(methods: Partial<Methods>, clock = new VirtualClock()) {
  const lines: { method: string; outcome: string; actor: string; durationMs: number }[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const calls = new RunningCalls(clock, log);
  const server = new Server();
  server.addService(FleetServiceService, handlersOf(FleetServiceService, { ...unused, ...methods }, calls));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (e, p) => (e ? reject(e) : resolve(p)));
  });
  const client = new FleetServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    lines,
    calls,
    clock,
    client,
    getFleet: (metadata = new Metadata()) =>
      new Promise<GetFleetResponse>((resolve, reject) => {
        client.getFleet({}, metadata, (error, response) => (error ? reject(error) : resolve(response)));
      }),
    async [Symbol.asyncDispose]() {
      client.close();
      await calls[Symbol.asyncDispose]();
      server.forceShutdown();
    },
  };
}

const until = (isSo: () => boolean) => expect.poll(isSo, { interval: 5 }).toBe(true);

/** Resolves when the value is the same at two looks in a row. */
async function stillness(value: () => number): Promise<void> {
  let before = Number.NaN;
  const isStill = () => {
    const same = value() === before;
    before = value();
    return same;
  };
  await expect.poll(isStill, { interval: 50 }).toBe(true);
}

function failure(call: Promise<unknown>): Promise<ServiceError> {
  // grpc-js rejects with nothing else.
  return call.then(
    () => expect.fail('it was answered'),
    (error: ServiceError) => error,
  );
}

describe('the adapter to grpc-js', () => {
  it('answers, and logs one line with method, caller, outcome and duration', async () => {
    let seen: Call | undefined;
    await using house = await served({
      getFleet: async (_request, call) => {
        seen = call;
        house.clock.advance(12);
        return GetFleetResponse.create({ version: '1.2.3' });
      },
    });
    const metadata = new Metadata();
    metadata.set('fleet-actor', 'ops');
    expect((await house.getFleet(metadata)).version).toBe('1.2.3');
    expect(seen?.actor).toBe('ops');
    await until(() => house.lines.length > 0);
    expect(house.lines).toMatchObject([
      { method: 'FleetService/GetFleet', actor: 'ops', outcome: 'ok', durationMs: 12, msg: 'call answered' },
    ]);
  });

  it('carries the code and the facts of an error', async () => {
    await using house = await served({
      getFleet: async () => {
        throw new FleetError('not_found', "no host 'wéb1'", { host: 'wéb1', revision: 3n, close: ['web1'] });
      },
    });
    const error = await failure(house.getFleet());
    expect(error).toMatchObject({ code: status.NOT_FOUND, details: "no host 'wéb1'" });
    expect(error.metadata.get('fleet-code')).toEqual(['not_found']);
    const facts = String(error.metadata.get('fleet-facts')[0]);
    expect(JSON.parse(facts)).toEqual({ host: 'wéb1', revision: '3', close: ['web1'] });
  });

  it('keeps the words of a fault of ours in the log', async () => {
    await using house = await served({
      getFleet: async () => {
        throw new TypeError('secret is undefined');
      },
    });
    const error = await failure(house.getFleet());
    expect(error.code).toBe(status.INTERNAL);
    expect(error.details).not.toContain('secret');
    await until(() => house.lines.length > 0);
    expect(house.lines).toMatchObject([{ outcome: 'internal', err: { message: 'secret is undefined' } }]);
  });

  it('gives up on a method that takes too long', async () => {
    await using house = await served({ getFleet: () => new Promise(() => {}) });
    const answer = failure(house.getFleet());
    await until(() => house.clock.armed === 1);
    house.clock.advance(30_000);
    expect(await answer).toMatchObject({ code: status.UNAVAILABLE });
    expect(house.clock.armed).toBe(0);
  });

  it('makes no message that a slow reader has no room for', async () => {
    let made = 0;
    await using house = await served({
      listProcesses: async function* () {
        for (; made < 10_000; made++) yield ListProcessesResponse.create({ unmatchedTargets: ['x'.repeat(10_000)] });
      },
    });
    const stream = house.client.listProcesses({ scope: undefined, targets: [] });
    stream.on('error', () => {});
    await new Promise<void>((resolve) => {
      stream.once('data', () => {
        stream.pause();
        resolve();
      });
    });
    await stillness(() => made);
    expect(made).toBeLessThan(1000);
    stream.cancel();
  });

  it('aborts the method and runs its cleanup when the caller goes away', async () => {
    let cleaned = false;
    await using house = await served({
      listProcesses: async function* (_request, call) {
        try {
          yield ListProcessesResponse.create();
          await new Promise((_resolve, reject) => {
            call.signal.addEventListener('abort', () => reject(call.signal.reason));
          });
        } finally {
          cleaned = true;
        }
      },
    });
    const stream = house.client.listProcesses({ scope: undefined, targets: [] });
    stream.on('error', () => {});
    stream.once('data', () => stream.cancel());
    await until(() => cleaned && house.lines.length > 0);
    expect(house.lines).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it('ends streams by name when the controller stops', async () => {
    await using house = await served({
      listProcesses: async function* (_request, call) {
        yield ListProcessesResponse.create();
        await new Promise((_resolve, reject) => {
          call.signal.addEventListener('abort', () => reject(call.signal.reason));
        });
      },
    });
    const stream = house.client.listProcesses({ scope: undefined, targets: [] });
    const ended = new Promise<ServiceError>((resolve) => stream.on('error', (error: ServiceError) => resolve(error)));
    await new Promise((resolve) => stream.once('data', resolve));
    await house.calls[Symbol.asyncDispose]();
    expect(await ended).toMatchObject({ code: status.UNAVAILABLE, details: expect.stringContaining('stopping') });
  });

  it('says who called when the caller does not', async () => {
    let actor = '';
    await using house = await served({
      getFleet: async (_request, call) => {
        actor = call.actor;
        return GetFleetResponse.create();
      },
    });
    await house.getFleet();
    expect(actor).toMatch(/^unknown@127\.0\.0\.1:\d+$/);
  });
});
