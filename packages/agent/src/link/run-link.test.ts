import { RejectCode } from '@fleetvisor/protocol/link';
import { describe, expect, it } from 'vitest';
import { introduction } from './fixtures/introduction.ts';
import { linkHouse } from './fixtures/link-house.ts';

describe('dialling', () => {
  it('tries every address at once before it waits', async () => {
    const { clock, controller, engine, settle } = linkHouse({ endpoints: ['one:1', 'two:2'] });
    controller.dead.add('one:1').add('two:2');
    await settle();
    expect(controller.dialled).toEqual(['one:1', 'two:2']);
    await clock.advanceAsync(499);
    expect(controller.dialled).toHaveLength(2);
    await clock.advanceAsync(1);
    expect(controller.dialled).toEqual(['one:1', 'two:2', 'one:1', 'two:2']);
    expect(engine.all('disconnected')[0]).toEqual({
      kind: 'disconnected',
      reason: 'controller one:1: cannot connect: refused',
      isPermanent: false,
    });
  });

  it('goes on to the next address where one answers for another fleet, and waits when all do', async () => {
    const { engine, controller, clock, nextSession, settle } = linkHouse({
      endpoints: ['one:7401', 'two:7401'],
      fleetId: 'ours',
    });
    const first = await nextSession();
    await first.welcome({ fleetId: 'theirs' });
    const second = await nextSession();
    expect(second.endpoint).toBe('two:7401');
    await second.say({ $case: 'reject', value: { code: RejectCode.WRONG_FLEET, message: 'no', permanent: true } });
    await clock.advanceAsync(59_000);
    expect(controller.sessions).toHaveLength(2);
    const third = await nextSession();
    expect(third.endpoint).toBe('one:7401');
    await third.welcome({ fleetId: 'ours' });
    await settle();
    expect(engine.all('connected')).toHaveLength(1);
  });

  it('stays with the address that answered', async () => {
    const { controller, clock, nextSession, settle } = linkHouse({ endpoints: ['one:1', 'two:2'] });
    controller.dead.add('one:1');
    const session = await nextSession();
    await session.welcome();
    await clock.advanceAsync(20_000);
    await session.close();
    await settle();
    expect((await nextSession()).endpoint).toBe('two:2');
  });

  it('comes back after a lost session anywhere within the spread', async () => {
    const { controller, clock, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome({ reconnectSpreadMs: 4000 });
    await clock.advanceAsync(20_000);
    await session.close();
    await settle();
    await clock.advanceAsync(1999);
    expect(controller.sessions).toHaveLength(1);
    await clock.advanceAsync(1);
    expect(controller.sessions).toHaveLength(2);
  });

  it('tries slowly, and says so, while a person must change something', async () => {
    const { controller, clock, engine, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.say({
      $case: 'reject',
      value: { code: RejectCode.NAME_TAKEN, message: 'the name web1 is taken: choose another', permanent: true },
    });
    await settle();
    expect(engine.all('disconnected')).toEqual([
      {
        kind: 'disconnected',
        reason: 'controller one:7401: the controller refuses this host: the name web1 is taken: choose another',
        isPermanent: true,
      },
    ]);
    await clock.advanceAsync(89_000);
    expect(controller.sessions).toHaveLength(1);
    await clock.advanceAsync(2000);
    expect(controller.sessions).toHaveLength(2);
  });

  it('comes back no sooner than the controller says', async () => {
    const { controller, clock, nextSession } = linkHouse();
    const session = await nextSession();
    await session.say({ $case: 'reject', value: { message: 'overloaded', retryAfterMs: 30_000 } });
    await clock.advanceAsync(30_000);
    expect(controller.sessions).toHaveLength(1);
    await clock.advanceAsync(1000);
    expect(controller.sessions).toHaveLength(2);
  });

  it('goes where the controller sends it, and back when nobody is there', async () => {
    const { controller, nextSession, settle } = linkHouse({ endpoints: ['one:1'] });
    const session = await nextSession();
    await session.welcome();
    await session.say({ $case: 'redirect', value: { endpoints: ['two:2'], afterMs: 100 } });
    await settle();
    controller.dead.add('two:2');
    expect((await nextSession()).endpoint).toBe('one:1');
    expect(controller.dialled).toEqual(['one:1', 'two:2', 'one:1']);
  });

  it('says Hello anew at once when the agent is not who it was', async () => {
    const { controller, engine, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome({ ackedSeq: 99n });
    await settle();
    engine.say({ kind: 'introduction', introduction: introduction({ epoch: 'new epoch' }) });
    await settle();
    expect(session.hasEnded).toBe(true);
    expect(controller.sessions).toHaveLength(2);
    expect(controller.present.all('hello')[0]?.events?.epoch).toBe('new epoch');
  });

  it('does not wait out a refusal that a new name mends', async () => {
    const { controller, engine, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.say({ $case: 'reject', value: { message: 'the name web1 is taken', permanent: true } });
    await settle();
    engine.say({ kind: 'introduction', introduction: introduction({ name: 'web2' }) });
    await settle();
    expect(controller.present.all('hello')[0]?.name).toBe('web2');
  });

  it('keeps a session through what it learns of the config', async () => {
    const { engine, nextSession, settle, clock } = linkHouse();
    const session = await nextSession();
    await session.welcome({ heartbeatMs: 1000 });
    await settle();
    const running = { incarnation: 'i', generation: 1n, hash: 'h' };
    const config = { running, lastAttempt: undefined, lastKnownGood: undefined };
    engine.say({ kind: 'introduction', introduction: introduction({ config, fleetId: 'fleet' }) });
    await clock.advanceAsync(1500);
    expect(session.hasEnded).toBe(false);
    expect(session.all('heartbeat')[0]?.running).toEqual(running);
  });

  it('tells how far an offer came while nobody was connected, and while Hello was under way', async () => {
    const { controller, engine, nextSession, settle } = linkHouse();
    const to = { incarnation: 'i', generation: 3n, hash: 'h' };
    const say = (phase: 'applying' | 'applied') => {
      engine.say({ kind: 'offerStatus', status: { nonce: 'n', to, phase, problems: [], running: to, results: [] } });
    };
    const first = await nextSession();
    await first.welcome();
    await settle();
    controller.dead.add('one:7401');
    await first.close();
    await settle();
    say('applying');
    await settle();
    controller.dead.clear();
    const second = await nextSession();
    await settle();
    expect(second.all('hello')[0]?.config).toMatchObject({ running: to, lastAttempt: to, lastAttemptPhase: 3 });
    say('applied');
    await settle();
    await second.welcome();
    await settle();
    expect(second.all('configStatus')).toMatchObject([{ to, phase: 4 }]);
    expect(second.all('heartbeat')).toEqual([]);
  });

  it('ends when the engine closes its end, whatever is under way', async () => {
    const { engine, ended, nextSession, settle } = linkHouse();
    const session = await nextSession();
    await session.welcome();
    await settle();
    await engine.close();
    await ended;
    expect(session.hasEnded).toBe(true);
  });

  it('ends when the agent stops and there is no session to say goodbye on', async () => {
    const { controller, engine, ended, settle } = linkHouse();
    controller.dead.add('one:7401');
    await settle();
    engine.say({ kind: 'stopping', reason: 'stop' });
    await ended;
  });
});
