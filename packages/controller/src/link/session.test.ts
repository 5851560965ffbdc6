import { Outcome, PreviousEnd, ProcessState, ProcessStatus } from '@fleetvisor/protocol/common';
import { CommandUpdate, Hello, RejectCode } from '@fleetvisor/protocol/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everyHost } from '../fleet/scope.ts';
import { readEventBody } from '../store/event-body.ts';
import { epochOf, hostIdOf, TestFleet } from './testing/test-fleet.ts';

let house: TestFleet;

beforeEach(async () => {
  house = await TestFleet.start();
});

afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

const running = (name: string, pid: number) =>
  ProcessStatus.fromPartial({
    process: { group: 'web', name },
    state: ProcessState.RUNNING,
    layer: 1,
    pid,
    uptimeUs: 5n,
  });
const beat = {
  ...{ stateVersion: 1n, nextSeq: 1n, spoolBytes: 0n, engineTickAgeMs: 0, running: undefined, wallTimeUs: 0n },
  ...{ stamp: 0n, stampHeldUs: 0n },
};
const presences = () => house.fleet.live.hosts(everyHost).map(({ name, presence }) => `${name} ${presence}`);
const states = (n: number) => {
  const { processes } = house.fleet.live.processes(hostIdOf(n)) ?? { processes: [] };
  return processes.map(({ process, state, pid }) => `${process.name} ${state} ${pid}`);
};
const kindsOf = async (n: number) => {
  const filter = { hostIds: [hostIdOf(n)], kinds: [], sinceUs: 0n };
  return (await house.fleet.store.events.after(0n, filter, 100)).map(({ kind }) => kind);
};

describe('Hello', () => {
  it('is answered by Welcome, first of all', async () => {
    const web1 = house.dial(1);
    const { store } = house.fleet;
    expect(await web1.next('welcome')).toMatchObject({
      session: 1n,
      fleetId: store.fleetId,
      incarnation: store.incarnation,
      protocol: 1,
      ackedSeq: 0n,
      snapshotWanted: true,
      wallTimeUs: house.clock.wallTimeUs(),
    });
    expect(presences()).toEqual(['web1 online']);
    await expect.poll(() => kindsOf(1)).toEqual(['hostConnected']);
  });

  const wrong: [string, Parameters<TestFleet['dial']>[1], number, RegExp][] = [
    ['no host_id', { hostId: 'web1' }, RejectCode.INVALID_HELLO, /no UUID/],
    ['a name that is none', { name: 'web 1' }, RejectCode.INVALID_HELLO, /\[fleet\] name/],
    ['no epoch', { events: undefined }, RejectCode.INVALID_HELLO, /epoch/],
    ['a later protocol', { protocolMin: 2, protocolMax: 3 }, RejectCode.PROTOCOL, /update the controller/],
    ['another fleet', { fleetId: hostIdOf(99) }, RejectCode.WRONG_FLEET, /data folder of its own/],
  ];
  it.each(wrong)('with %s is refused for good', async (_name, hello, code, message) => {
    const web1 = house.dial(1, hello);
    const reject = await web1.next('reject');
    expect(reject).toMatchObject({ code, permanent: true });
    expect(reject.message).toMatch(message);
    await web1.end();
    expect(presences()).toEqual([]);
  });

  it('with the name of another host is refused, and says what to do', async () => {
    const first = await house.connect(1, { name: 'web1' });
    const second = house.dial(2, { name: 'web1' });
    const reject = await second.next('reject');
    expect(reject).toMatchObject({ code: RejectCode.NAME_TAKEN, permanent: true });
    expect(reject.message).toMatch(/which is connected: choose another name/);
    await first.hangUp();
    await expect.poll(presences).toEqual(['web1 suspect']);
    const again = await house.dial(2, { name: 'web1' }).next('reject');
    expect(again.message).toContain("'fleetctl hosts forget web1'");
    // A person may free the name at any time: then it joins without being touched.
    expect(again).toMatchObject({ permanent: false, retryAfterMs: 60_000 });
    await expect.poll(() => kindsOf(1)).toContain('identityConflict');
    await house.fleet.live.forget('web1');
    await house.connect(2, { name: 'web1' });
    expect(presences()).toEqual(['web1 online']);
  });

  it('ends when the host is forgotten at just that moment, and the next one is whole', async () => {
    await (await house.connect(1)).hangUp();
    await expect.poll(presences).toEqual(['web1 suspect']);
    const { hosts } = house.fleet.store;
    const forgetInStore = hosts.forget.bind(hosts);
    const back = Promise.withResolvers<Awaited<ReturnType<TestFleet['connect']>>>();
    hosts.forget = async (hostId) => {
      back.resolve(await house.connect(1));
      await expect.poll(presences).toEqual(['web1 online']);
      return forgetInStore(hostId);
    };
    await house.fleet.live.forget('web1');
    await (await back.promise).end();
    await house.connect(1);
    expect(presences()).toEqual(['web1 online']);
    await expect.poll(() => house.fleet.store.hosts.assignment(hostIdOf(1))).toBeDefined();
  });

  it('fences the session before it', async () => {
    const first = await house.connect(1);
    const second = house.dial(1);
    await first.end();
    expect(await second.next('welcome')).toMatchObject({ session: 2n });
    expect(presences()).toEqual(['web1 online']);
    await expect.poll(() => kindsOf(1)).toEqual(['hostConnected', 'hostDisconnected', 'hostConnected']);
  });

  it('of a copied host ends with one of the two shut out, told once and shown as long as it tries', async () => {
    const original = await house.connect(1, { engineInstanceId: 'original' });
    const copy = await house.connect(1, { engineInstanceId: 'copy' });
    await original.end();
    const rival = () => house.fleet.live.host(hostIdOf(1))?.rival;
    expect(rival()).toBeUndefined();
    const back = await house.connect(1, { engineInstanceId: 'original' });
    await copy.end();
    for (let i = 0; i < 3; i++) {
      const refused = await house.dial(1, { engineInstanceId: 'copy' }).next('reject');
      expect(refused).toMatchObject({ code: RejectCode.IDENTITY_CONFLICT, permanent: true });
      expect(refused.message).toMatch(/a copy of it/);
    }
    expect(rival()).toMatchObject({ hostId: hostIdOf(1), address: '10.0.0.1' });
    await back.say({ $case: 'goodbye', value: { reason: 1, expectedBackMs: 0 } });
    await back.end();
    const conflicts = async () => (await kindsOf(1)).filter((kind) => kind === 'identityConflict');
    await expect.poll(conflicts).toHaveLength(1);
    await house.clock.advanceAsync(600_000);
    expect(rival()).toBeUndefined();
  });

  it('fences a session that has more to say: what has come and was not read yet is worth nothing', async () => {
    const first = await house.connect(1);
    const { commandId, answer } = await house.ask(first, { verb: 'restart', targets: ['a'] });
    const { agents, store } = house.fleet;
    const enter = agents.sessions.enter.bind(agents.sessions);
    agents.sessions.enter = (...args) => {
      const standing = enter(...args);
      // The first session is cut, and no turn has passed since.
      void first.sayDone(commandId, Outcome.OK);
      void first.tellTable(2n, [running('a', 666)]);
      return standing;
    };
    const second = house.dial(1, { engineInstanceId: 'another life' });
    expect((await answer).value).toMatchObject({ outcome: 'unknown' });
    await second.next('welcome');
    await second.tellTable(1n, [running('a', 2)]);
    await expect.poll(() => states(1)).toEqual(['a RUNNING 2']);
    expect((await store.commands.results(commandId)).map(({ outcome }) => outcome)).toEqual(['unknown-outcome']);
  });

  it('that does not come in time ends the link', async () => {
    const silent = house.dialSilently();
    await house.clock.advanceAsync(9_999);
    await silent.say({ $case: 'commandUpdate', value: CommandUpdate.fromPartial({}) });
    await silent.end();
    const other = house.dialSilently();
    await house.clock.advanceAsync(10_000);
    await other.end();
    expect(presences()).toEqual([]);
  });

  it('said twice ends the session', async () => {
    const web1 = await house.connect(1);
    await web1.say({ $case: 'hello', value: Hello.fromPartial({}) });
    await web1.end();
    await expect.poll(presences).toEqual(['web1 suspect']);
  });
});

describe('status', () => {
  it('is a snapshot in chunks, then deltas', async () => {
    const web1 = await house.connect(1);
    await web1.say({
      $case: 'snapshot',
      value: { version: 4n, chunk: 0, chunkCount: 2, processes: [running('b', 2)] },
    });
    await web1.say({
      $case: 'snapshot',
      value: { version: 4n, chunk: 1, chunkCount: 2, processes: [running('a', 1)] },
    });
    await expect.poll(() => states(1)).toEqual(['a RUNNING 1', 'b RUNNING 2']);
    const upserts = [running('a', 7), running('c', 3)];
    await web1.say({
      $case: 'delta',
      value: { base: 4n, version: 5n, upserts, removals: [{ group: 'web', name: 'b' }] },
    });
    await expect.poll(() => states(1)).toEqual(['a RUNNING 7', 'c RUNNING 3']);
    expect(house.fleet.live.host(hostIdOf(1))).toMatchObject({ processCount: 2, runningCount: 2 });
  });

  it('is asked for anew, once, when a delta is missing', async () => {
    const web1 = await house.connect(1);
    await web1.say({
      $case: 'snapshot',
      value: { version: 1n, chunk: 0, chunkCount: 1, processes: [running('a', 1)] },
    });
    const delta = { version: 9n, upserts: [running('a', 7)], removals: [] };
    await web1.say({ $case: 'delta', value: { ...delta, base: 7n } });
    await web1.say({ $case: 'delta', value: { ...delta, base: 8n } });
    expect((await web1.next('snapshotRequest')).reason).toContain('version 7');
    expect(states(1)).toEqual(['a RUNNING 1']);
    await web1.say({
      $case: 'snapshot',
      value: { version: 9n, chunk: 0, chunkCount: 1, processes: [running('a', 7)] },
    });
    await expect.poll(() => states(1)).toEqual(['a RUNNING 7']);
    await web1.hangUp();
    expect(await web1.rest()).toEqual([]);
  });

  it('is UNKNOWN from the end of the lease, with what was known beside it', async () => {
    const web1 = await house.connect(1);
    await web1.say({
      $case: 'snapshot',
      value: { version: 1n, chunk: 0, chunkCount: 1, processes: [running('a', 1)] },
    });
    await web1.say({ $case: 'heartbeat', value: beat });
    await web1.next('heartbeatAck');
    expect(states(1)).toEqual(['a RUNNING 1']);
    await house.clock.advanceAsync(28_000);
    expect(presences()).toEqual(['web1 suspect']);
    expect(states(1)).toEqual(['a RUNNING 1']);
    await house.clock.advanceAsync(30_000);
    expect(presences()).toEqual(['web1 disconnected']);
    expect(states(1)).toEqual(['a UNKNOWN 0']);
    const { lastKnown, ageUs } = house.fleet.live.processes(hostIdOf(1)) ?? {};
    expect(lastKnown).toMatchObject([{ state: 'RUNNING', pid: 1, uptimeUs: 5n }]);
    expect(ageUs).toBe(58_000_000n);
    // The stream still stands, and nothing comes through it: it is cut.
    await web1.end();
    await expect.poll(() => kindsOf(1)).toEqual(['hostConnected', 'hostDisconnected']);
  });

  it('counts from when a heartbeat was sent, not from when it came', async () => {
    const web1 = house.dial(1);
    const { stamp: first, leaseMs } = await web1.next('welcome');
    await web1.tellTable(1n, [running('a', 1)]);
    await web1.say({ $case: 'heartbeat', value: { ...beat, stamp: first } });
    const { stamp } = await web1.next('heartbeatAck');
    // Sent 5 s after the stamp had come, by a host of which nothing passes from then on; it was 25 s on the way.
    await house.clock.advanceAsync(30_000);
    await web1.say({ $case: 'heartbeat', value: { ...beat, stamp, stampHeldUs: 5_000_000n } });
    await web1.next('heartbeatAck');
    expect(states(1)).toEqual(['a RUNNING 1']);
    await house.clock.advanceAsync(leaseMs + 5_000 - 30_000);
    expect(states(1)).toEqual(['a UNKNOWN 0']);
    // Heard of it was lately: the session is not given up yet.
    expect(presences()).not.toEqual(['web1 disconnected']);
    await web1.hangUp();
  });

  it('counts for a beat only until something shows that Hello was not old when it came', async () => {
    const web1 = house.dial(1);
    const { heartbeatMs } = await web1.next('welcome');
    await web1.tellTable(1n, [running('a', 1)]);
    await expect.poll(() => states(1)).toEqual(['a RUNNING 1']);
    await house.clock.advanceAsync(heartbeatMs);
    expect(states(1)).toEqual(['a UNKNOWN 0']);
    await web1.say({ $case: 'heartbeat', value: beat });
    await web1.next('heartbeatAck');
    expect(states(1)).toEqual(['a RUNNING 1']);
    await web1.hangUp();
  });

  it('goes on while heartbeats come, and ends when they say that the engine is frozen', async () => {
    const web1 = await house.connect(1);
    await web1.say({ $case: 'snapshot', value: { version: 1n, chunk: 0, chunkCount: 1, processes: [] } });
    for (let i = 0; i < 6; i++) {
      await house.clock.advanceAsync(15_000);
      await web1.say({ $case: 'heartbeat', value: { ...beat, engineTickAgeMs: 20 } });
      await expect.poll(() => house.fleet.live.host(hostIdOf(1))?.silentForUs).toBe(20_000n);
    }
    expect(presences()).toEqual(['web1 online']);
    for (let i = 1; i <= 3; i++) {
      await house.clock.advanceAsync(15_000);
      await web1.say({ $case: 'heartbeat', value: { ...beat, engineTickAgeMs: 15_000 * i } });
    }
    await house.clock.advanceAsync(15_000);
    await web1.end();
    expect(presences()).toEqual(['web1 disconnected']);
  });

  it('needs not be told again by a host that has what is held of it, and goes on from there', async () => {
    const web1 = await house.connect(1);
    await web1.tellTable(7n, [running('a', 1)]);
    await expect.poll(() => states(1)).toEqual(['a RUNNING 1']);
    await web1.hangUp();
    await expect.poll(presences).toEqual(['web1 suspect']);
    await house.clock.advanceAsync(1_000);
    const again = house.dial(1, { stateVersion: 7n });
    expect(await again.next('welcome')).toMatchObject({ snapshotWanted: false });
    expect(states(1)).toEqual(['a RUNNING 1']);
    expect(house.fleet.live.processes(hostIdOf(1))?.ageUs).toBe(0n);
    const upserts = [running('a', 2)];
    await again.say({ $case: 'delta', value: { base: 7n, version: 8n, upserts, removals: [] } });
    await expect.poll(() => states(1)).toEqual(['a RUNNING 2']);
  });

  it('is as old as it is while a host that is back has not told it anew, and UNKNOWN from the end of that lease', async () => {
    const web1 = await house.connect(1);
    await web1.tellTable(7n, [running('a', 1)]);
    await expect.poll(() => states(1)).toEqual(['a RUNNING 1']);
    await web1.hangUp();
    await expect.poll(presences).toEqual(['web1 suspect']);
    await house.clock.advanceAsync(3_000);
    const again = house.dial(1, { stateVersion: 8n });
    expect(await again.next('welcome')).toMatchObject({ snapshotWanted: true });
    const age = () => house.fleet.live.processes(hostIdOf(1))?.ageUs;
    expect([states(1), age(), presences()]).toEqual([['a RUNNING 1'], 3_000_000n, ['web1 online']]);
    await house.clock.advanceAsync(3_000);
    expect([states(1), age()]).toEqual([['a UNKNOWN 0'], 6_000_000n]);
    expect(house.fleet.live.host(hostIdOf(1))).toMatchObject({ runningCount: 0, areProcessesUnknown: true });
    await again.tellTable(8n, [running('a', 2)]);
    await expect.poll(() => states(1)).toEqual(['a RUNNING 2']);
    expect(house.fleet.live.host(hostIdOf(1))).toMatchObject({ runningCount: 1, areProcessesUnknown: false });
  });

  it('of a host that returns after its lease is UNKNOWN until it is told', async () => {
    const web1 = await house.connect(1);
    await web1.tellTable(7n, [running('a', 1)]);
    await web1.hangUp();
    await house.clock.advanceAsync(60_000);
    expect(states(1)).toEqual(['a UNKNOWN 0']);
    const again = await house.connect(1, { stateVersion: 9n });
    expect([states(1), presences()]).toEqual([['a UNKNOWN 0'], ['web1 online']]);
    await again.tellTable(9n, [running('a', 2)]);
    await expect.poll(() => states(1)).toEqual(['a RUNNING 2']);
  });

  it('is told by so many hosts at once and no more: the others are asked in their turn', async () => {
    const hosts = 70;
    const welcomes = [];
    for (let n = 1; n <= hosts; n++) {
      const agent = house.dial(n);
      welcomes.push({ agent, wanted: (await agent.next('welcome')).snapshotWanted });
    }
    const [first] = welcomes;
    const late = welcomes.filter(({ wanted }) => !wanted);
    expect(late).toHaveLength(hosts - 64);
    // What it says meanwhile is in the table that it is asked for later.
    await late[0]?.agent.say({
      $case: 'delta',
      value: { base: 1n, version: 2n, upserts: [running('x', 9)], removals: [] },
    });
    await first?.agent.tellTable(1n, []);
    expect((await late[0]?.agent.next('snapshotRequest'))?.reason).toContain('beginning of the session');
    await late[0]?.agent.tellTable(2n, [running('x', 9)]);
    await expect.poll(() => states(65)).toEqual(['x RUNNING 9']);
    // A host that never tells keeps nobody waiting for long.
    await house.clock.advanceAsync(30_000);
    for (const { agent } of late.slice(1)) await agent.next('snapshotRequest');
  });

  it('of a host that says goodbye is UNKNOWN at once', async () => {
    const web1 = await house.connect(1);
    await web1.say({
      $case: 'snapshot',
      value: { version: 1n, chunk: 0, chunkCount: 1, processes: [running('a', 1)] },
    });
    await web1.say({ $case: 'goodbye', value: { reason: 1, expectedBackMs: 0 } });
    await web1.end();
    expect(presences()).toEqual(['web1 planned-offline']);
    expect(states(1)).toEqual(['a UNKNOWN 0']);
  });
});

describe('the clock of a host', () => {
  const clockOf = () => house.fleet.live.host(hostIdOf(1))?.clock;

  it('is measured by what comes back of a stamp, and by nothing that makes no sense', async () => {
    const web1 = house.dial(1, { wallTimeUs: house.clock.wallTimeUs() + 9_000_000n });
    const { stamp } = await web1.next('welcome');
    // The way of one message is not known: it says what it says, and proves nothing.
    expect(clockOf()).toEqual({ skewUs: 9_000_000n, roundTripUs: 0n });
    await house.clock.advanceAsync(500);
    const hostUs = house.clock.wallTimeUs() + 4_000_000n - 100_000n;
    await web1.say({ $case: 'heartbeat', value: { ...beat, wallTimeUs: hostUs, stamp, stampHeldUs: 300_000n } });
    const { stamp: next } = await web1.next('heartbeatAck');
    // Half of the 200 ms of the way there and back.
    expect(clockOf()).toEqual({ skewUs: 4_000_000n, roundTripUs: 200_000n });
    for (const wrong of [{ stamp: next + 5_000_000n }, { stamp: 0n }, { stamp: next, stampHeldUs: 9_000_000n }]) {
      await web1.say({ $case: 'heartbeat', value: { ...beat, wallTimeUs: 0n, stampHeldUs: 0n, ...wrong } });
      await web1.next('heartbeatAck');
    }
    expect(clockOf()).toEqual({ skewUs: 4_000_000n, roundTripUs: 200_000n });
  });
});

describe('events', () => {
  const stopping = { $case: 'agentStopping' as const, value: { reason: 'test' } };

  it('are acknowledged when stored, and each is stored once', async () => {
    const web1 = await house.connect(1);
    await web1.sayEvents(1n, [stopping, stopping]);
    expect(await web1.next('eventAck')).toEqual({ epoch: epochOf(1), upToSeq: 2n });
    await web1.sayEvents(2n, [stopping, stopping]);
    expect(await web1.next('eventAck')).toEqual({ epoch: epochOf(1), upToSeq: 3n });
    await web1.hangUp();
    expect(await house.dial(1).next('welcome')).toMatchObject({ ackedSeq: 3n });
    expect((await kindsOf(1)).filter((kind) => kind === 'agentStopping')).toHaveLength(3);
  });

  it('of another epoch than Hello said end the session: that of the controller itself is among them', async () => {
    const web1 = await house.connect(1);
    await expect.poll(() => kindsOf(1)).toEqual(['hostConnected']);
    const epoch = house.fleet.store.incarnation;
    await web1.say({ $case: 'events', value: { epoch, events: [{ seq: 2n, atUs: 1n, body: Buffer.alloc(0) }] } });
    await web1.end();
    await expect.poll(() => kindsOf(1)).toEqual(['hostConnected', 'hostDisconnected']);
  });

  it('with another body under a number that is taken raise an alarm', async () => {
    const web1 = await house.connect(1);
    await web1.sayEvents(1n, [stopping]);
    await web1.next('eventAck');
    await web1.sayEvents(1n, [{ $case: 'agentStopping', value: { reason: 'another' } }]);
    expect(await web1.next('eventAck')).toMatchObject({ upToSeq: 1n });
    expect(house.errors).toEqual([expect.stringContaining('numbers that are taken')]);
  });
});

describe('a restart of the controller', () => {
  it('gives the hosts it knows time to return before it calls them disconnected', async () => {
    const web1 = await house.connect(1);
    await web1.hangUp();
    await house.restart();
    expect(presences()).toEqual(['web1 suspect']);
    expect(house.fleet.live.host(hostIdOf(1))).toMatchObject({ isConnected: false, processCount: 0 });
    await house.clock.advanceAsync(100_000);
    expect(presences()).toEqual(['web1 disconnected']);
    await house.connect(1);
    expect(presences()).toEqual(['web1 online']);
  });

  it('leaves what hosts told last: UNKNOWN and as old as it is, until they return with the same or tell anew', async () => {
    const [web1, web2] = [await house.connect(1), await house.connect(2)];
    await web1.tellTable(4n, [running('a', 1)]);
    await web2.tellTable(5n, [running('b', 2)]);
    await expect.poll(() => [...states(1), ...states(2)]).toEqual(['a RUNNING 1', 'b RUNNING 2']);
    await house.restart();
    await house.clock.advanceAsync(20_000);
    expect(states(1)).toEqual(['a UNKNOWN 0']);
    const { lastKnown, ageUs } = house.fleet.live.processes(hostIdOf(1)) ?? {};
    expect(lastKnown).toMatchObject([{ state: 'RUNNING', pid: 1, uptimeUs: 5n }]);
    expect(ageUs).toBe(20_000_000n);
    expect(presences()).toEqual(['web1 suspect', 'web2 suspect']);
    // The same life with the same table: nothing has to be told, and it has run on meanwhile.
    expect(await house.dial(1, { stateVersion: 4n }).next('welcome')).toMatchObject({ snapshotWanted: false });
    expect(house.fleet.live.processes(hostIdOf(1))?.processes).toMatchObject([
      { state: 'RUNNING', uptimeUs: 20_000_005n },
    ]);
    const anotherLife = house.dial(2, { stateVersion: 5n, engineInstanceId: 'another' });
    expect(await anotherLife.next('welcome')).toMatchObject({ snapshotWanted: true });
    expect(states(2)).toEqual(['b UNKNOWN 0']);
    await anotherLife.tellTable(5n, [running('c', 3)]);
    await expect.poll(() => states(2)).toEqual(['c RUNNING 3']);
  });

  it('is an event of the fleet that says how the life before ended', async () => {
    await house.restart();
    await expect
      .poll(async () => {
        const events = await house.fleet.store.events.after(
          0n,
          { hostIds: undefined, kinds: ['controllerStarted'], sinceUs: 0n },
          9,
        );
        return events.map((event) => readEventBody(event)?.value);
      })
      .toEqual([
        { version: '0.1.0', previousEnd: PreviousEnd.FIRST_START },
        { version: '0.1.0', previousEnd: PreviousEnd.ORDERLY },
      ]);
  });
});
