import { Outcome } from '@fleetvisor/protocol/common';
import { CommandPhase, GoodbyeReason } from '@fleetvisor/protocol/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandRequest, HostCommandResult } from '../fleet/commands.ts';
import { hostIdOf, TestFleet } from './testing/test-fleet.ts';

let house: TestFleet;

beforeEach(async () => {
  house = await TestFleet.start();
});

afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

const restart: CommandRequest = {
  hostIds: [hostIdOf(1), hostIdOf(2)],
  action: { verb: 'restart', targets: ['cat'] },
  actor: 'ada',
  reason: 'why not',
  timeoutMs: 10_000,
};
const inWords = ({ host, outcome }: HostCommandResult) => `${host} ${outcome}`;
const inStore = async (commandId: string) => {
  const results = await house.fleet.store.commands.results(commandId);
  return results.map(({ hostId, outcome }) => `${hostId.slice(-1)} ${outcome}`);
};

describe('a command', () => {
  it('is done by the hosts that are connected, and answered at once for the others', async () => {
    const web1 = await house.connect(1);
    await (await house.connect(2)).hangUp();
    await expect.poll(() => house.fleet.live.host(hostIdOf(2))?.isConnected).toBe(false);
    const armedBefore = house.clock.armed;
    const results = house.fleet.commands.run(restart);
    expect((await results.next()).value).toMatchObject({ host: 'web2', outcome: 'host-offline' });
    const command = await web1.next('command');
    expect(command).toMatchObject({ actor: 'ada', reason: 'why not', ttlMs: 10_000 });
    expect(command.action?.verb).toEqual({ $case: 'restart', value: { targets: ['cat'] } });
    await web1.sayDone(command.commandId, Outcome.OK);
    expect((await results.next()).value).toMatchObject({ host: 'web1', outcome: 'ok', commandId: command.commandId });
    expect((await results.next()).done).toBe(true);
    await expect.poll(() => inStore(command.commandId)).toEqual(['1 ok', '2 host-offline']);
    expect(house.clock.armed).toBe(armedBefore);
  });

  it('has an unknown outcome when the host goes away, until it reports', async () => {
    const web1 = await house.connect(1);
    const results = house.fleet.commands.run({ ...restart, hostIds: [hostIdOf(1)] });
    const first = results.next();
    const { commandId } = await web1.next('command');
    await web1.hangUp();
    expect((await first).value).toMatchObject({ outcome: 'unknown', message: expect.stringContaining('went away') });
    await expect.poll(() => inStore(commandId)).toEqual(['1 unknown-outcome']);
    const back = await house.connect(1);
    const done = { commandId, actor: 'ada', verb: 'restart', targets: ['cat'], outcome: Outcome.FAILED, results: [] };
    await back.sayEvents(1n, [{ $case: 'commandDone', value: done }]);
    await expect.poll(() => inStore(commandId)).toEqual(['1 failed']);
    // Said twice, the first counts.
    await back.sayDone(commandId, Outcome.OK);
    await back.sayEvents(2n, [{ $case: 'agentStopping', value: { reason: '' } }]);
    await back.next('eventAck');
    await back.next('eventAck');
    expect(await inStore(commandId)).toEqual(['1 failed']);
  });

  it('is settled by a report to the next life of the controller', async () => {
    const web1 = await house.connect(1);
    const results = house.fleet.commands.run({ ...restart, hostIds: [hostIdOf(1)] });
    const first = results.next();
    const { commandId } = await web1.next('command');
    await house.restart();
    expect((await first).value).toMatchObject({ outcome: 'unknown' });
    const back = await house.connect(1);
    await back.sayDone(commandId, Outcome.OK);
    await expect.poll(() => inStore(commandId)).toEqual(['1 ok']);
  });

  it('is asked about when the host is back: one that never reached it is not done any more', async () => {
    const web1 = await house.connect(1);
    const results = house.fleet.commands.run({ ...restart, hostIds: [hostIdOf(1)] });
    const first = results.next();
    const { commandId } = await web1.next('command');
    await house.restart();
    await first;
    expect(await inStore(commandId)).toEqual(['1 unknown-outcome']);
    const back = await house.connect(1);
    expect(await back.next('commandCancel')).toEqual({ commandId });
    await back.sayDone(commandId, Outcome.CANCELLED);
    await expect.poll(() => inStore(commandId)).toEqual(['1 cancelled']);
    await back.hangUp();
    await (await house.connect(1)).hangUp();
    await house.restart();
    const again = await house.connect(1);
    await again.hangUp();
    expect(await again.rest()).not.toContain('commandCancel');
  });

  it('stays unknown for good when not even the host knows', async () => {
    const web1 = await house.connect(1);
    const answer = house.fleet.commands.run({ ...restart, hostIds: [hostIdOf(1)] }).next();
    const { commandId } = await web1.next('command');
    await web1.hangUp();
    await answer;
    const back = await house.connect(1);
    await back.next('commandCancel');
    await back.sayDone(commandId, Outcome.UNKNOWN);
    await expect.poll(() => inStore(commandId)).toEqual(['1 unknown']);
    expect(await house.fleet.store.commands.unsettled(hostIdOf(1))).toEqual([]);
  });

  it('waits for an agent that replaces itself, and takes the answer of its next life', async () => {
    const web1 = await house.connect(1);
    const run = (request: Partial<CommandRequest>) =>
      house.fleet.commands.run({ ...restart, hostIds: [hostIdOf(1)], ...request }).next();
    const upgrade = run({ action: { verb: 'upgrade' } });
    const { commandId } = await web1.next('command');
    const other = run({});
    const second = await web1.next('command');
    await web1.say({ $case: 'goodbye', value: { reason: GoodbyeReason.UPGRADE, expectedBackMs: 2_000 } });
    await web1.end();
    expect(house.fleet.live.host(hostIdOf(1))).toMatchObject({ presence: 'upgrading', isConnected: false });
    expect((await run({})).value).toMatchObject({
      outcome: 'host-offline',
      message: expect.stringContaining('being replaced'),
    });
    await house.clock.advanceAsync(1_500);
    const next = await house.connect(1, { engineInstanceId: 'the next life', agentVersion: '0.2.0' });
    const asked = [await next.next('commandCancel'), await next.next('commandCancel')];
    expect(asked.map((each) => each.commandId).toSorted()).toEqual([commandId, second.commandId].toSorted());
    await next.sayDone(commandId, Outcome.OK, 'upgraded from 0.1.0 to 0.2.0');
    await next.sayDone(second.commandId, Outcome.UNKNOWN);
    expect((await upgrade).value).toMatchObject({ outcome: 'ok', message: 'upgraded from 0.1.0 to 0.2.0' });
    expect((await other).value).toMatchObject({ outcome: 'unknown' });
    await expect.poll(() => inStore(commandId)).toEqual(['1 ok']);
  });

  it('is given up on an agent that does not come back from replacing itself in time', async () => {
    const web1 = await house.connect(1);
    const answer = house.fleet.commands.run({ ...restart, hostIds: [hostIdOf(1)], timeoutMs: 60_000 }).next();
    const { commandId } = await web1.next('command');
    await web1.say({ $case: 'goodbye', value: { reason: GoodbyeReason.UPGRADE, expectedBackMs: 2_000 } });
    await web1.end();
    await house.clock.advanceAsync(6_900);
    expect(await inStore(commandId)).toEqual(['1 ']);
    await house.clock.advanceAsync(200);
    expect((await answer).value).toMatchObject({ outcome: 'unknown' });
    expect(house.fleet.live.host(hostIdOf(1))?.presence).toBe('disconnected');
    await expect.poll(() => inStore(commandId)).toEqual(['1 unknown-outcome']);
  });

  it('is not waited for longer than asked', async () => {
    const web1 = await house.connect(1);
    const results = Array.fromAsync(house.fleet.commands.run({ ...restart, hostIds: [hostIdOf(1)] }));
    await web1.next('command');
    await house.clock.advanceAsync(10_000);
    expect((await results).map(inWords)).toEqual(['web1 unknown']);
  });

  it('goes on when nobody looks any more', async () => {
    const web1 = await house.connect(1);
    const left = new AbortController();
    const results = Array.fromAsync(house.fleet.commands.run({ ...restart, hostIds: [hostIdOf(1)] }, left.signal));
    const { commandId } = await web1.next('command');
    left.abort();
    expect(await results).toEqual([]);
    await web1.sayDone(commandId, Outcome.OK);
    await expect.poll(() => inStore(commandId)).toEqual(['1 ok']);
  });

  it('is refused when sixty-four are under way on the host', async () => {
    const web1 = await house.connect(1);
    const one = { ...restart, hostIds: [hostIdOf(1)] };
    const runs = Array.from({ length: 64 }, () => Array.fromAsync(house.fleet.commands.run(one)));
    const commandIds: string[] = [];
    while (commandIds.length < 64) commandIds.push((await web1.next('command')).commandId);
    const [refused] = await Array.fromAsync(house.fleet.commands.run(one));
    expect(refused).toMatchObject({ outcome: 'rejected', message: expect.stringContaining('64 commands') });
    for (const commandId of commandIds) await web1.sayDone(commandId, Outcome.OK);
    expect((await Promise.all(runs)).flat().map(inWords)).toEqual(Array(64).fill('web1 ok'));
  });

  it('is answered in full although an event has told of it before, and by the event where no answer comes', async () => {
    const web1 = await house.connect(1);
    const run = () => house.fleet.commands.run({ ...restart, hostIds: [hostIdOf(1)] }).next();
    const told = (commandId: string) => {
      return { commandId, actor: 'ada', verb: 'restart', targets: ['cat'], outcome: Outcome.OK, results: [] };
    };
    const whole = run();
    const { commandId } = await web1.next('command');
    await web1.sayEvents(1n, [{ $case: 'commandDone', value: told(commandId) }]);
    await web1.next('eventAck');
    const changes = { added: ['cat'], changed: [], removed: [] };
    const said = { commandId, phase: CommandPhase.DONE, outcome: Outcome.OK, results: [], message: '', problems: [] };
    await web1.say({ $case: 'commandUpdate', value: { ...said, changes } });
    expect((await whole).value).toMatchObject({ outcome: 'ok', changes });

    const brief = run();
    const second = await web1.next('command');
    await web1.sayEvents(2n, [{ $case: 'commandDone', value: told(second.commandId) }]);
    await web1.next('eventAck');
    await web1.hangUp();
    expect((await brief).value).toMatchObject({ outcome: 'ok', changes: undefined });
    await expect.poll(() => inStore(second.commandId)).toEqual(['1 ok']);
  });
});
