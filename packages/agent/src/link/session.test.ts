import { Action, Outcome } from '@fleetvisor/protocol/common';
import { ApplyMode, CommandPhase, GoodbyeReason } from '@fleetvisor/protocol/link';
import { describe, expect, it } from 'vitest';
import { status } from './fixtures/introduction.ts';
import { linkHouse } from './fixtures/link-house.ts';

const to = { incarnation: 'incarnation', generation: 3n, hash: 'abc' };

describe('the beginning of a session', () => {
  it('says Hello with who the host is and where its events, its config and its table stand', async () => {
    const { engine, nextSession, settle } = linkHouse({ firstSeq: 5n, nextSeq: 9n, ackedSeq: 6n });
    engine.processes = [status('a')];
    const session = await nextSession();
    await settle();
    expect(session.all('hello')[0]).toMatchObject({
      hostId: '01890000-0000-7000-8000-000000000001',
      name: 'web1',
      hostGroups: ['web'],
      labels: { region: 'eu' },
      facts: { cpuCount: 2 },
      protocolMin: 1,
      protocolMax: 1,
      events: { epoch: 'epoch', firstSeq: 5n, nextSeq: 9n, ackedSeq: 6n },
      stateVersion: 1n,
    });
  });

  it('tells the engine when it stands, and sends the table when it is wanted', async () => {
    const { engine, nextSession, settle } = linkHouse();
    engine.processes = [status('a'), status('b', 'FATAL')];
    const session = await nextSession();
    await session.welcome({ session: 12n, ackedSeq: 4n, snapshotWanted: true });
    await settle();
    expect(engine.all('connected')).toEqual([
      { kind: 'connected', session: 12n, fleetId: 'fleet', incarnation: 'incarnation', ackedSeq: 4n },
    ]);
    expect(session.all('snapshot')).toMatchObject([
      { version: 1n, chunk: 0, chunkCount: 1, processes: [{ state: 20 }, { state: 200 }] },
    ]);
  });

  it('sends no table to a controller that holds it, but what changes', async () => {
    const { engine, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome({ snapshotWanted: false });
    engine.change([status('a', 'EXITED')]);
    await settle();
    expect(session.all('snapshot')).toEqual([]);
    expect(session.all('delta')).toMatchObject([{ base: 1n, version: 2n, upserts: [{ state: 100 }] }]);
  });

  it('is refused to the controller of another fleet, saying both', async () => {
    const { engine, nextSession, settle } = linkHouse({ fleetId: 'ours' });
    const session = await nextSession();
    await session.welcome({ fleetId: 'theirs' });
    await settle();
    expect(engine.all('connected')).toEqual([]);
    expect(engine.all('disconnected')).toMatchObject([
      {
        isPermanent: true,
        reason: expect.stringMatching(/one:7401: .*fleet theirs.*fleet ours.*data folder of its own/),
      },
    ]);
    expect(session.hasEnded).toBe(true);
  });

  it('ends when the controller does not answer', async () => {
    const { engine, clock, nextSession } = linkHouse();
    await nextSession();
    await clock.advanceAsync(30_000);
    expect(engine.all('disconnected')[0]?.reason).toContain('did not answer Hello within 30 s');
  });

  it('ends on an answer that is no answer', async () => {
    const { engine, nextSession, settle } = linkHouse();
    await (await nextSession()).ack(1n);
    await settle();
    expect(engine.all('disconnected')[0]?.reason).toContain('eventAck instead of Welcome');
  });
});

describe('events', () => {
  it('are sent after the last acknowledged, and acknowledged to the engine', async () => {
    const { engine, nextSession, settle } = linkHouse();
    engine.append(5);
    const session = await nextSession();
    await session.welcome({ ackedSeq: 2n });
    await settle();
    expect(session.seqs).toEqual([3n, 4n, 5n]);
    expect(session.all('events')[0]?.epoch).toBe('epoch');
    await session.ack(4n);
    await settle();
    expect(engine.all('acked')).toEqual([{ kind: 'acked', epoch: 'epoch', upToSeq: 4n }]);
  });

  it('are never more on the way than the controller allows', async () => {
    const { engine, nextSession, settle } = linkHouse();
    engine.append(100);
    const session = await nextSession();
    await session.welcome({ eventsInFlightMax: 7 });
    await settle();
    expect(session.seqs).toHaveLength(7);
    await session.ack(5n);
    await settle();
    expect(session.seqs).toHaveLength(12);
    for (let acked = 12n; acked < 100n; acked = BigInt(session.seqs.length)) {
      await session.ack(acked);
      await settle();
    }
    expect(session.seqs).toEqual(Array.from({ length: 100 }, (_, i) => BigInt(i + 1)));
  });

  it('are never more bytes on the way than the controller allows; one that is larger goes alone', async () => {
    const { engine, nextSession, settle } = linkHouse();
    engine.append(4, 100);
    engine.append(1, 1_000);
    const session = await nextSession();
    await session.welcome({ eventBytesInFlightMax: 250 });
    await settle();
    expect(session.seqs).toEqual([1n, 2n, 3n]); // there was room for half of the third
    await session.ack(2n);
    await settle();
    expect(session.seqs).toEqual([1n, 2n, 3n, 4n, 5n]);
    await session.ack(4n);
    engine.append(1, 1);
    await settle();
    expect(session.seqs).toHaveLength(5);
    await session.ack(5n);
    await settle();
    expect(session.seqs).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
  });

  it('are sent again from the last acknowledged in the next session', async () => {
    const { engine, nextSession, settle } = linkHouse();
    engine.append(5);
    const first = await nextSession();
    await first.welcome();
    await settle();
    await first.ack(2n);
    await first.close();
    engine.append(1);
    const second = await nextSession();
    await second.welcome({ ackedSeq: 2n });
    await settle();
    expect(second.seqs).toEqual([3n, 4n, 5n, 6n]);
  });

  it('of an ask of the session before are not taken for those of this one', async () => {
    const { engine, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome({ ackedSeq: 3n });
    await settle();
    const late = { seq: 9n, atUs: 1n, body: new Uint8Array() };
    engine.say({ kind: 'events', epoch: 'epoch', afterSeq: 8n, events: [late] });
    engine.say({ kind: 'events', epoch: 'another', afterSeq: 3n, events: [late] });
    await settle();
    expect(session.seqs).toEqual([]);
  });
});

describe('state', () => {
  it('is sent again when the controller asks', async () => {
    const { engine, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome();
    engine.processes = [status('a')];
    await session.say({ $case: 'snapshotRequest', value: { reason: 'a gap' } });
    await settle();
    expect(session.all('snapshot')).toMatchObject([{ version: 2n, processes: [{ process: { name: 'a' } }] }]);
    engine.change([status('a', 'STOPPED')]);
    await settle();
    expect(session.all('delta')).toMatchObject([{ base: 2n, version: 3n }]);
  });

  it('is asked for anew when a delta is missing', async () => {
    const { engine, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome();
    await settle();
    engine.say({ kind: 'delta', base: 40, version: 41, upserts: [], removals: [] });
    await settle();
    expect(engine.all('snapshotWanted')).toHaveLength(2);
    expect(session.all('snapshot')).toHaveLength(1);
    expect(session.all('delta')).toEqual([]);
  });
});

describe('offers and commands', () => {
  it('go to the engine, and what becomes of them comes back', async () => {
    const { engine, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome();
    const files = [{ name: 'web.conf', revision: 2n, content: Buffer.from('[program:a]') }];
    await session.say({
      $case: 'configOffer',
      value: { nonce: 'n', to, files, rolloutId: 'r', mode: ApplyMode.UNSPECIFIED },
    });
    const action = Action.fromPartial({ verb: { $case: 'restart', value: { targets: ['api:*'] } } });
    await session.say({
      $case: 'command',
      value: { commandId: 'c', actor: 'ann', reason: 'why', action, ttlMs: 5000 },
    });
    await settle();
    expect(engine.all('offer')[0]?.offer).toMatchObject({ nonce: 'n', to, rolloutId: 'r', mode: 'minimal' });
    expect(engine.all('command')[0]).toEqual({
      kind: 'command',
      commandId: 'c',
      actor: 'ann',
      reason: 'why',
      action: { verb: 'restart', targets: ['api:*'] },
      ttlMs: 5000,
    });
    const problem = { file: 'web.conf', line: 3, section: undefined, option: undefined, message: 'no', allowed: 'yes' };
    engine.say({
      kind: 'offerStatus',
      status: { nonce: 'n', to, phase: 'rejected', problems: [problem], running: undefined, results: [] },
    });
    engine.say({ kind: 'commandAccepted', commandId: 'c' });
    engine.say({
      kind: 'commandDone',
      commandId: 'c',
      result: { outcome: 'no-match', results: [], changes: undefined, message: 'no such', problems: [] },
    });
    await settle();
    expect(session.all('configStatus')).toMatchObject([
      { phase: 2, problems: [{ line: 3, section: '', message: 'no; allowed: yes' }] },
    ]);
    expect(session.all('commandUpdate')).toMatchObject([
      { phase: CommandPhase.ACCEPTED },
      { phase: CommandPhase.DONE, outcome: Outcome.NO_MATCH, message: 'no such' },
    ]);
  });

  it('of a newer controller that are not known are rejected by name, and the session goes on', async () => {
    const { engine, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome();
    await session.say({ $case: 'command', value: { commandId: 'c' } });
    await session.say(undefined);
    await settle();
    expect(engine.all('command')).toEqual([]);
    expect(session.all('commandUpdate')).toMatchObject([{ commandId: 'c', outcome: Outcome.REJECTED }]);
    expect(session.hasEnded).toBe(false);
  });

  it('that come when the session is over go nowhere', async () => {
    const { engine, controller, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome();
    await settle();
    await session.say({ $case: 'redirect', value: { endpoints: [], afterMs: 1000 } });
    await session.say({ $case: 'commandCancel', value: { commandId: 'c' } }).catch(() => undefined);
    await session.ack(1n).catch(() => undefined);
    await settle();
    expect([engine.all('commandCancel'), engine.all('acked')]).toEqual([[], []]);
    expect(controller.sessions).toHaveLength(1);
  });
});

describe('signs of life', () => {
  it('are sent every period, whatever else was, with the engine just asked', async () => {
    const { engine, clock, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome({ heartbeatMs: 10_000 });
    await settle();
    await clock.advanceAsync(9000);
    expect(session.all('heartbeat')).toEqual([]);
    engine.change([status('a')]);
    await clock.advanceAsync(1000);
    expect(session.all('heartbeat')).toMatchObject([
      { stateVersion: 2n, nextSeq: 1n, spoolBytes: 77n, engineTickAgeMs: 0 },
    ]);
    await clock.advanceAsync(20_000);
    expect(session.all('heartbeat')).toHaveLength(3);
  });

  it('give back what the controller has stamped last, and how long it was held', async () => {
    const { clock, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome({ heartbeatMs: 10_000, stamp: 500n });
    await settle();
    const stamps = () => session.all('heartbeat').map(({ stamp, stampHeldUs }) => [stamp, stampHeldUs]);
    // At once: until then the controller knows no better than by the way of one message.
    expect(stamps()).toEqual([[500n, 0n]]);
    await clock.advanceAsync(4000);
    await session.say({ $case: 'heartbeatAck', value: { stamp: 700n } });
    await clock.advanceAsync(16_000);
    expect(stamps()).toEqual([
      [500n, 0n],
      [700n, 6_000_000n],
      [700n, 16_000_000n],
    ]);
  });

  it('are awaited from a controller that answers them: one that says nothing for a lease is left', async () => {
    const { engine, clock, controller, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome({ heartbeatMs: 10_000, leaseMs: 30_000, stamp: 1n });
    await settle();
    await clock.advanceAsync(20_000);
    await session.say({ $case: 'heartbeatAck', value: { stamp: 2n } });
    await clock.advanceAsync(29_000);
    expect(session.hasEnded).toBe(false);
    await clock.advanceAsync(2000);
    expect(session.hasEnded).toBe(true);
    expect(engine.all('disconnected').at(-1)?.reason).toContain('it has said nothing for 30 s');
    await nextSession();
    expect(controller.sessions).toHaveLength(2);
  });

  it('are not awaited from a controller that answers none', async () => {
    const { clock, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome({ heartbeatMs: 10_000, leaseMs: 30_000 });
    await settle();
    await clock.advanceAsync(1_000_000);
    expect(session.hasEnded).toBe(false);
  });

  it('do not hide an engine that has stopped', async () => {
    const { engine, clock, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome({ heartbeatMs: 10_000 });
    await settle();
    engine.isAwake = false;
    await clock.advanceAsync(35_000);
    const ages = session.all('heartbeat').map((beat) => beat.engineTickAgeMs);
    expect(ages).toEqual([11_000, 21_000, 31_000]);
  });

  it('are not begun with an engine that does not answer', async () => {
    const { engine, clock, controller, settle } = linkHouse();
    engine.say = () => undefined;
    await settle();
    await clock.advanceAsync(29_000);
    expect(controller.present.all('hello')).toEqual([]);
  });
});

describe('the end of the agent', () => {
  it('is said once the last events are at the controller, and ends the link', async () => {
    const { engine, ended, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome();
    await settle();
    engine.append(1);
    engine.say({ kind: 'stopping', reason: 'stop' });
    await settle();
    expect(session.all('goodbye')).toEqual([]);
    await session.ack(1n);
    await ended;
    expect(session.heard.map((said) => said.$case)).toEqual(['hello', 'events', 'goodbye']);
    expect(session.all('goodbye')[0]?.reason).toBe(GoodbyeReason.STOP);
  });

  it('does not wait long for a controller that acknowledges nothing', async () => {
    const { clock, engine, ended, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome();
    engine.append(1);
    engine.say({ kind: 'stopping', reason: 'upgrade' });
    await settle();
    await clock.advanceAsync(1000);
    await ended;
    expect(session.all('goodbye')[0]?.reason).toBe(GoodbyeReason.UPGRADE);
  });
});
