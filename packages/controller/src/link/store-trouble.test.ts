/** Sessions over a store that takes no writes for a while: nothing is acknowledged, nothing is lost, all goes on after. */
import { type EventBody, Outcome } from '@fleetvisor/protocol/common';
import { Heartbeat, RejectCode } from '@fleetvisor/protocol/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everything } from '../store/contract/samples.ts';
import { failing } from './testing/failing-store.ts';
import { epochOf, hostIdOf, TestFleet } from './testing/test-fleet.ts';

let house: TestFleet;
beforeEach(async () => {
  house = await TestFleet.start();
});
afterEach(() => house[Symbol.asyncDispose]());

const stopping: NonNullable<EventBody['kind']> = { $case: 'agentStopping', value: { reason: 'SIGTERM' } };
const kinds = async () => (await house.fleet.store.events.after(0n, everything, 100)).map(({ kind }) => kind);
const told = ['the store takes no writes: nothing is acknowledged until it does'];

describe('events of a host', () => {
  it('wait while the disk is full, the session stands, and they are acknowledged when there is room', async () => {
    const web1 = await house.connect(1);
    await expect.poll(kinds).toContain('hostConnected');
    const makeRoom = failing(house.fleet.store.events, 'append');
    await web1.sayEvents(1n, [stopping, stopping]);
    await web1.sayEvents(3n, [stopping]);
    for (let i = 0; i < 5; i++) {
      await house.clock.advanceAsync(5_000);
      await web1.say({ $case: 'heartbeat', value: Heartbeat.fromPartial({ nextSeq: 4n }) });
    }
    await expect.poll(() => house.fleet.live.host(hostIdOf(1))?.silentForUs).toBeLessThan(1_000_000n);
    expect(house.fleet.live.host(hostIdOf(1))?.presence).toBe('online');
    expect(house.fleet.watch.isTroubled).toBe(true);
    expect(await kinds()).not.toContain('agentStopping');
    makeRoom();
    await house.clock.advanceAsync(5_000);
    expect(await web1.next('eventAck')).toEqual({ epoch: epochOf(1), upToSeq: 2n });
    expect(await web1.next('eventAck')).toEqual({ epoch: epochOf(1), upToSeq: 3n });
    expect((await kinds()).filter((kind) => kind === 'agentStopping')).toHaveLength(3);
    expect([house.errors, house.fleet.watch.isTroubled]).toEqual([told, false]);
  });

  it('are not waited for when the session ends meanwhile: they come again in the next one', async () => {
    const web1 = await house.connect(1);
    const makeRoom = failing(house.fleet.store.events, 'append');
    await web1.sayEvents(1n, [stopping]);
    await expect.poll(() => house.fleet.watch.isTroubled).toBe(true);
    await web1.hangUp();
    await expect.poll(() => house.fleet.live.host(hostIdOf(1))?.isConnected).toBe(false);
    makeRoom();
    const again = house.dial(1);
    expect(await again.next('welcome')).toMatchObject({ ackedSeq: 0n });
    await again.sayEvents(1n, [stopping]);
    expect(await again.next('eventAck')).toMatchObject({ upToSeq: 1n });
  });

  it('beyond what Welcome allowed end the session: nobody fills the memory', async () => {
    const web1 = house.dial(1);
    const { eventsInFlightMax } = await web1.next('welcome');
    failing(house.fleet.store.events, 'append');
    await web1.sayEvents(1n, Array(eventsInFlightMax).fill(stopping));
    await web1.sayEvents(BigInt(eventsInFlightMax) + 1n, [stopping]);
    await web1.end();
  });
});

describe('what the controller has to write down itself', () => {
  it('is written when there is room: its own events, and what came of commands', async () => {
    const web1 = await house.connect(1);
    await expect.poll(kinds).toContain('hostConnected');
    const { commandId, answer } = await house.ask(web1, { verb: 'restart', targets: ['all'] });
    const roomForEvents = failing(house.fleet.store.events, 'append');
    const roomForCommands = failing(house.fleet.store.commands, 'settle');
    await web1.sayDone(commandId, Outcome.OK);
    expect((await answer).value).toMatchObject({ outcome: 'ok' });
    await web1.hangUp();
    await expect.poll(() => house.fleet.live.host(hostIdOf(1))?.isConnected).toBe(false);
    await house.clock.advanceAsync(5_000);
    roomForEvents();
    roomForCommands();
    await house.clock.advanceAsync(5_000);
    await expect.poll(kinds).toContain('hostDisconnected');
    await expect.poll(() => house.fleet.store.commands.results(commandId)).toMatchObject([{ outcome: 'ok' }]);
    expect(house.errors).toEqual(told);
  });

  it('is in the end what was said last of a command, also when an earlier word had to wait', async () => {
    const web1 = await house.connect(1);
    const { commandId, answer } = await house.ask(web1, { verb: 'restart', targets: ['all'] });
    const { commands } = house.fleet.store;
    const settle = commands.settle.bind(commands);
    const firstMayGo = Promise.withResolvers<void>();
    let [asked, written] = [0, 0];
    Object.defineProperty(commands, 'settle', {
      value: async (...args: Parameters<typeof settle>) => {
        if (asked++ === 0) await firstMayGo.promise;
        await settle(...args);
        written++;
      },
    });
    await web1.hangUp();
    expect((await answer).value).toMatchObject({ outcome: 'unknown' });
    const back = await house.connect(1);
    await back.next('commandCancel');
    await back.sayDone(commandId, Outcome.OK);
    // What the controller has read by then, it has read before this.
    await back.sayEvents(1n, [stopping]);
    await back.next('eventAck');
    firstMayGo.resolve();
    await expect.poll(() => written).toBe(2);
    expect(await commands.results(commandId)).toMatchObject([{ outcome: 'ok' }]);
  });

  it('is not asked for again while it waits: a host that has forgotten it would say that nothing was done', async () => {
    const web1 = await house.connect(1);
    const { commandId, answer } = await house.ask(web1, { verb: 'restart', targets: ['all'] });
    const makeRoom = failing(house.fleet.store.commands, 'settle');
    await web1.sayDone(commandId, Outcome.OK);
    expect((await answer).value).toMatchObject({ outcome: 'ok' });
    await web1.hangUp();
    const back = await house.connect(1);
    await back.sayDone(commandId, Outcome.CANCELLED);
    await back.sayEvents(1n, [stopping]);
    await back.next('eventAck');
    makeRoom();
    await house.clock.advanceAsync(5_000);
    await expect.poll(() => house.fleet.store.commands.results(commandId)).toMatchObject([{ outcome: 'ok' }]);
    await back.hangUp();
    expect(await back.rest()).not.toContain('commandCancel');
  });

  it('is missing when a host arrives: it is told so, and comes again as it does where nobody answers', async () => {
    const makeRoom = failing(house.fleet.store.hosts, 'arrive');
    const web1 = house.dial(1);
    expect(await web1.next('reject')).toEqual({
      code: RejectCode.UNAVAILABLE,
      message: 'the controller cannot take in host web1: cannot write /data/controller.db: the disk is full',
      permanent: false,
      retryAfterMs: 0,
    });
    makeRoom();
    await house.connect(1);
    expect(house.errors).toEqual(told);
  });
});
