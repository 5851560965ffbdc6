/** Pushes through a whole fleet with scripted agents over a real store. */
import { ConfigPhase } from '@fleetvisor/protocol/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findHolders } from '../fleet/config-files.ts';
import { everyHost } from '../fleet/scope.ts';
import { hostIdOf, type LinkedAgent, TestFleet } from '../link/testing/test-fleet.ts';
import type { PushRequest, RolloutStep } from './runner.ts';

let house: TestFleet;

beforeEach(async () => {
  house = await TestFleet.start();
});

afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

const web = { hosts: [], hostGroups: ['web'], labels: [], all: false };
const program = (name: string) => Buffer.from(`[program:${name}]\ncommand=/bin/cat\n`);

const request = (overrides: Partial<PushRequest> = {}): PushRequest => ({
  file: 'web.conf',
  content: program('cat'),
  selector: web,
  message: 'a test',
  parent: undefined,
  author: 'ada',
  dryRun: false,
  allowEmpty: false,
  timeoutMs: 0,
  ...overrides,
});
const push = (overrides?: Partial<PushRequest>) => Array.fromAsync(house.fleet.rollouts.push(request(overrides)));

const inWords = (step: RolloutStep): string => {
  switch (step.kind) {
    case 'planned':
      return `planned ${step.revision.revision} for ${step.targets.join()}${step.unchanged ? ' unchanged' : ''}`;
    case 'host':
      return `${step.host} ${step.state}`;
    case 'ended':
      return `ended ${step.state}`;
    case 'refused':
      return `refused ${step.problems.length}`;
  }
};

/** Takes the next offer and says that it is applied. */
async function apply(agent: LinkedAgent): Promise<string[]> {
  const offer = await agent.next('configOffer');
  await agent.sayPhase(offer, ConfigPhase.ACCEPTED);
  await agent.sayPhase(offer, ConfigPhase.APPLIED);
  return offer.files.map(({ name, revision }) => `${name}@${revision}`);
}
async function reject(agent: LinkedAgent): Promise<void> {
  await agent.sayPhase(await agent.next('configOffer'), ConfigPhase.REJECTED, ['no such user']);
}
/** Ends a session and waits until the fleet has seen it. */
async function leave(agent: LinkedAgent): Promise<readonly string[]> {
  await agent.hangUp();
  await expect.poll(() => house.fleet.live.host(hostIdOf(agent.n))?.isConnected).toBe(false);
  return agent.rest();
}
async function fail(agent: LinkedAgent): Promise<string[]> {
  const offer = await agent.next('configOffer');
  await agent.sayPhase(offer, ConfigPhase.FAILED);
  return offer.files.map(({ name, revision }) => `${name}@${revision}`);
}
const rollBack = (revision?: bigint) => {
  const back = { file: 'web.conf', revision, message: '', author: 'ada', dryRun: false, timeoutMs: 0 };
  return Array.fromAsync(house.fleet.rollouts.rollBack(back));
};
const holders = async (file: string) =>
  (await findHolders(house.fleet.live, house.fleet.running)).of(file).map(({ name }) => name);
const filesOf = (n: number) =>
  house.fleet.live.host(hostIdOf(n))?.files.map(({ file, revision }) => `${file}@${revision}`);
const stableOf = async (file: string) => (await house.fleet.store.configs.find(file))?.stable;
const connected = () => house.fleet.live.hosts(everyHost).filter((host) => host.isConnected).length;

describe('a push', () => {
  it('gives the hosts it selects a new state, and ends when they run it', async () => {
    const [web1, web2] = [await house.connect(1), await house.connect(2)];
    await house.connect(3, { name: 'db1', hostGroups: ['db'] });
    const { armed } = house.clock;
    const steps = push();
    expect(await Promise.all([apply(web1), apply(web2)])).toEqual([['web.conf@1'], ['web.conf@1']]);
    const words = (await steps).map(inWords);
    expect(words[0]).toBe('planned 1 for web1,web2');
    expect(words.filter((word) => word.endsWith('healthy')).toSorted()).toEqual(['web1 healthy', 'web2 healthy']);
    expect(words.at(-1)).toBe('ended succeeded');
    expect(await stableOf('web.conf')).toBe(1n);
    expect([filesOf(1), filesOf(3)]).toEqual([['web.conf@1'], []]);
    const { desired, config } = house.fleet.live.host(hostIdOf(1)) ?? {};
    expect(config?.running).toEqual(desired);
    expect(house.clock.armed).toBe(armed);
  });

  it('changes the file that it names and no other', async () => {
    const web1 = await house.connect(1);
    const first = push();
    await apply(web1);
    await first;
    const second = push({ file: 'cron.conf', content: program('cron') });
    expect(await apply(web1)).toEqual(['cron.conf@1', 'web.conf@1']);
    await second;
    const narrower = push({ selector: { ...web, hostGroups: ['db'] }, allowEmpty: true });
    expect(await apply(web1)).toEqual(['cron.conf@1']);
    expect((await narrower).map(inWords).at(-1)).toBe('ended succeeded');
  });

  it('fails where a host refuses it, leaves what is stable, and does not ask that host again', async () => {
    const [web1, web2] = [await house.connect(1), await house.connect(2)];
    const first = push();
    await Promise.all([apply(web1), apply(web2)]);
    await first;
    const second = push({ content: program('dog') });
    await Promise.all([apply(web1), reject(web2)]);
    const ended = (await second).at(-1);
    expect(ended).toMatchObject({ kind: 'ended', state: 'failed' });
    expect(ended).toMatchObject({ reason: expect.stringContaining('web2 refused it (web.conf:1: no such user)') });
    expect(await stableOf('web.conf')).toBe(1n);
    await leave(web2);
    const { config } = house.fleet.live.host(hostIdOf(2)) ?? {};
    const { ref, phase } = config?.lastAttempt ?? {};
    expect(phase).toBe('rejected');
    const back = await house.connect(2, {
      config: {
        running: config?.running,
        lastAttempt: ref,
        lastAttemptPhase: ConfigPhase.REJECTED,
        lastAttemptProblems: [],
        lastKnownGood: undefined,
      },
    });
    expect(await leave(back)).not.toContain('configOffer');
  });

  it('gives the next file to a host that refused one beside what is stable', async () => {
    const web1 = await house.connect(1);
    const first = push();
    await apply(web1);
    await first;
    const second = push({ content: program('dog') });
    await reject(web1);
    await second;
    const third = push({ file: 'cron.conf', content: program('cron') });
    expect(await apply(web1)).toEqual(['cron.conf@1', 'web.conf@1']);
    await third;
  });

  it('leaves a file that failed where it runs, also after a refusal, and never makes it stable', async () => {
    const web1 = await house.connect(1);
    const broken = push({ file: 'broken.conf', content: program('broken') });
    expect(await fail(web1)).toEqual(['broken.conf@1']);
    expect((await broken).map(inWords).at(-1)).toBe('ended failed');
    const refused = push();
    await reject(web1);
    await refused;
    expect([await holders('broken.conf'), await holders('web.conf')]).toEqual([['web1'], []]);
    const good = push({ file: 'good.conf', content: program('good') });
    expect(await apply(web1)).toEqual(['broken.conf@1', 'good.conf@1']);
    expect((await good).map(inWords).at(-1)).toBe('ended succeeded');
    expect([await stableOf('broken.conf'), await stableOf('good.conf'), await stableOf('web.conf')]).toEqual([
      0n,
      1n,
      0n,
    ]);
    expect(await holders('broken.conf')).toEqual(['web1']);
  });

  it('does not bring what failed elsewhere to a host that was away, and takes nothing from it', async () => {
    const [web1, web2] = [await house.connect(1), await house.connect(2)];
    const first = push();
    await Promise.all([apply(web1), apply(web2)]);
    await first;
    await leave(web2);
    const second = push({ content: program('dog') });
    await reject(web1);
    await second;
    const third = push({ file: 'cron.conf', content: program('cron') });
    expect(await apply(web1)).toEqual(['cron.conf@1', 'web.conf@1']);
    await third;
    expect(filesOf(2)).toEqual(['cron.conf@1', 'web.conf@1']);
  });

  it('is asked for anew by the same file after it failed, and fails anew', async () => {
    const web1 = await house.connect(1);
    const first = push();
    await fail(web1);
    await first;
    const again = push();
    expect(await fail(web1)).toEqual(['web.conf@2']);
    expect((await again).map(inWords).slice(-2)).toEqual(['web1 unhealthy', 'ended failed']);
    expect(await stableOf('web.conf')).toBe(0n);
  });

  it('is rolled back to the last revision that succeeded', async () => {
    const web1 = await house.connect(1);
    for (const name of ['cat', 'dog']) {
      const steps = push({ content: program(name) });
      await apply(web1);
      await steps;
    }
    for (const name of ['cow', 'pig']) {
      const steps = push({ content: program(name) });
      await reject(web1);
      await steps;
    }
    const back = rollBack();
    await apply(web1);
    expect((await back)[0]).toMatchObject({ revision: { revision: 5n, message: 'Roll back to revision 2' } });
  });

  it('has nothing to be rolled back to where none has succeeded, and says what to do', async () => {
    const web1 = await house.connect(1);
    await expect(rollBack()).rejects.toMatchObject({ code: 'not_found' });
    for (const name of ['cat', 'dog']) {
      const steps = push({ content: program(name) });
      await reject(web1);
      await steps;
    }
    const message = expect.stringContaining("name the one you want, as in 'fleetctl config rollback web.conf 1'");
    await expect(rollBack()).rejects.toMatchObject({ code: 'not_found', message });
  });

  it('defers a host that is away, which gets it when it returns', async () => {
    const web1 = await house.connect(1);
    await leave(await house.connect(2));
    const steps = push();
    await apply(web1);
    const told = await steps;
    expect(told[0]).toMatchObject({ targets: ['web1', 'web2'], offline: ['web2'] });
    expect(told.at(-1)).toMatchObject({ state: 'succeeded-with-deferred', reason: expect.stringContaining('web2') });
    const web2 = await house.connect(2);
    expect(await apply(web2)).toEqual(['web.conf@1']);
  });

  it('keeps a failed state from hosts that were away', async () => {
    const web1 = await house.connect(1);
    await leave(await house.connect(2));
    const steps = push();
    await reject(web1);
    expect((await steps).at(-1)).toMatchObject({ state: 'failed' });
    const web2 = await house.connect(2);
    await expect.poll(connected).toBe(2);
    expect(await leave(web2)).toEqual([]);
  });

  it('hears the verdict of a host that went away from the host itself', async () => {
    const web1 = await house.connect(1);
    const steps = push();
    const { to } = await web1.next('configOffer');
    await leave(web1);
    const config = {
      running: to,
      lastAttempt: to,
      lastAttemptPhase: ConfigPhase.APPLIED,
      lastAttemptProblems: [],
      lastKnownGood: to,
    };
    await house.connect(1, { config });
    const words = (await steps).map(inWords);
    expect(words.slice(-3)).toEqual(['web1 vanished', 'web1 healthy', 'ended succeeded']);
  });

  it('ends by time when a host says nothing', async () => {
    const web1 = await house.connect(1);
    const steps = push({ timeoutMs: 5_000 });
    await web1.next('configOffer');
    await house.clock.advanceAsync(5_000);
    expect((await steps).map(inWords).slice(-2)).toEqual(['web1 timed-out', 'ended failed']);
  });

  it('is taken over by the next one on the same hosts, and both are stable when that succeeds', async () => {
    const web1 = await house.connect(1);
    const first = push();
    await web1.next('configOffer');
    const second = push({ file: 'cron.conf', content: program('cron') });
    expect((await first).map(inWords).slice(-2)).toEqual(['web1 superseded', 'ended superseded']);
    expect(await apply(web1)).toEqual(['cron.conf@1', 'web.conf@1']);
    expect((await second).map(inWords).at(-1)).toBe('ended succeeded');
    expect([await stableOf('web.conf'), await stableOf('cron.conf')]).toEqual([1n, 1n]);
  });

  it('goes on after a restart of the controller', async () => {
    const web1 = await house.connect(1);
    const cut = push();
    const { to } = await web1.next('configOffer');
    await house.restart();
    expect(house.fleet.rollouts.runningCount).toBe(1);
    expect((await cut).some((step) => step.kind === 'ended')).toBe(false);
    const config = {
      running: to,
      lastAttempt: undefined,
      lastAttemptPhase: ConfigPhase.UNSPECIFIED,
      lastAttemptProblems: [],
      lastKnownGood: undefined,
    };
    await house.connect(1, { config });
    await expect.poll(() => stableOf('web.conf')).toBe(1n);
    expect(await house.fleet.store.rollouts.running()).toEqual([]);
    expect(house.fleet.rollouts.runningCount).toBe(0);
  });

  it('waits after a restart of the controller as long as was asked for', async () => {
    const web1 = await house.connect(1);
    void push({ timeoutMs: 5_000 });
    await web1.next('configOffer');
    await house.restart();
    await house.clock.advanceAsync(5_000);
    await expect.poll(() => house.fleet.store.rollouts.running()).toEqual([]);
  });
});

describe('a push of what is there already', () => {
  beforeEach(async () => {
    const web1 = await house.connect(1);
    const steps = push();
    await apply(web1);
    await steps;
  });

  it('does nothing when every host has it', async () => {
    expect((await push()).map(inWords)).toEqual(['planned 1 for  unchanged']);
    expect(await house.fleet.store.configs.history('web.conf', 10)).toHaveLength(1);
  });

  it('delivers it to hosts that lack it', async () => {
    const db1 = await house.connect(4, { name: 'db1', hostGroups: ['db'] });
    await leave(db1);
    const web4 = await house.connect(4, { name: 'db1', hostGroups: ['web'] });
    expect(house.fleet.rollouts.isPending(hostIdOf(4))).toBe(true);
    const steps = Array.fromAsync(house.fleet.rollouts.push(request({ timeoutMs: 1_000 })));
    expect(await apply(web4)).toEqual(['web.conf@2']);
    await house.clock.advanceAsync(1_000);
    expect((await steps)[0]).toMatchObject({ targets: ['db1', 'web1'] });
    expect(house.fleet.rollouts.isPending(hostIdOf(4))).toBe(false);
  });

  it('looks on when its rollout runs', async () => {
    const first = push({ content: program('dog') });
    await expect.poll(() => filesOf(1)).toEqual(['web.conf@2']);
    const second = push({ content: program('dog'), timeoutMs: 9 });
    await house.clock.advanceAsync(300_000);
    expect((await second).at(-1)).toEqual((await first).at(-1));
    expect(await house.fleet.store.configs.history('web.conf', 10)).toHaveLength(2);
  });

  it('is what a new host gets at join', async () => {
    const web2 = await house.connect(2);
    expect(await apply(web2)).toEqual(['web.conf@1']);
  });

  it('can be rolled back', async () => {
    await leave(await house.connect(1));
    await push({ content: program('dog') });
    const { rollouts } = house.fleet;
    const back = { file: 'web.conf', revision: undefined, message: '', author: 'ada', dryRun: false, timeoutMs: 0 };
    const steps = await Array.fromAsync(rollouts.rollBack(back));
    expect(steps[0]).toMatchObject({ revision: { revision: 3n, parent: 2n, message: 'Roll back to revision 1' } });
    expect((await house.fleet.store.configs.find('web.conf'))?.newest.content).toEqual(new Uint8Array(program('cat')));
    const missing = Array.fromAsync(rollouts.rollBack({ ...back, revision: 9n }));
    await expect(missing).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a push that cannot be', () => {
  const cases: [string, Partial<PushRequest>, string, RegExp][] = [
    ['no host', { selector: { ...web, hostGroups: ['db'] } }, 'not_found', /--allow-empty/],
    [
      'a new file without selector',
      { selector: undefined },
      'invalid',
      /say which hosts it is for, with --group, --host, -l or --all$/,
    ],
    ['an empty selector', { selector: { ...web, hostGroups: [] } }, 'invalid', /names no hosts/],
    ['a name with a slash', { file: '../web.conf' }, 'invalid', /cannot name a config file/],
    ['an old parent', { parent: 7n }, 'conflict', /from revision 7, but revision 0 is the newest/],
  ];
  it.each(cases)('%s', async (_name, overrides, code, message) => {
    await house.connect(1);
    await expect(push(overrides)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await house.fleet.store.configs.list()).toEqual([]);
  });

  it('is refused with all its problems, and nothing is stored', async () => {
    await house.connect(1);
    const [step] = await push({ content: Buffer.from('[program:a]\nautostart=perhaps\n[supervisord]\n') });
    expect(step).toMatchObject({ kind: 'refused' });
    expect(step?.kind === 'refused' && step.problems.length).toBeGreaterThanOrEqual(2);
    expect(await house.fleet.store.configs.list()).toEqual([]);
  });

  it('is refused when a host would have the program twice, with both files named', async () => {
    const web1 = await house.connect(1);
    const first = push();
    await apply(web1);
    await first;
    const [step] = await push({ file: 'other.conf' });
    expect(step).toMatchObject({
      kind: 'refused',
      problems: [
        { file: expect.stringMatching(/web.conf|other.conf/), message: expect.stringMatching(/cat.*(web|other).conf/) },
      ],
    });
    expect(await house.fleet.rollouts.validate('other.conf', program('cat'), web)).toHaveLength(1);
    expect(await house.fleet.rollouts.validate('other.conf', program('dog'), web)).toEqual([]);
  });

  it('stores nothing when it is only tried', async () => {
    await house.connect(1);
    expect((await push({ dryRun: true })).map(inWords)).toEqual(['planned 1 for web1']);
    expect(await house.fleet.store.configs.list()).toEqual([]);
  });

  it('goes on without a host when asked to, and serves those that join later', async () => {
    expect((await push({ allowEmpty: true })).map(inWords)).toEqual(['planned 1 for ', 'ended succeeded']);
    expect(await apply(await house.connect(1))).toEqual(['web.conf@1']);
  });
});

describe('a host that says it runs what it was not given', () => {
  it('is given its state anew also while the rollout of it, with which it was done, waits for others', async () => {
    const web1 = await house.connect(1);
    const web2 = await house.connect(2);
    const pushed = push();
    const offer = await web1.next('configOffer');
    await web1.sayPhase(offer, ConfigPhase.APPLIED);
    const other = await web2.next('configOffer');
    await leave(web1);
    const back = await house.connect(1);
    expect(await back.next('configOffer')).toMatchObject({ to: offer.to });
    await web2.sayPhase(other, ConfigPhase.APPLIED);
    expect(inWords((await pushed).at(-1) as RolloutStep)).toBe('ended succeeded'); // a push has at least one step
  });

  it('is given its own state anew, once', async () => {
    const web1 = await house.connect(1);
    const pushed = push();
    const offer = await web1.next('configOffer');
    await web1.sayPhase(offer, ConfigPhase.APPLIED);
    await pushed;
    // It had waited on its way to the engine, since before the store was put back.
    const stray = { nonce: 'old', to: { incarnation: 'another life', generation: 9n, hash: 'ab'.repeat(32) } };
    await web1.sayPhase(stray, ConfigPhase.ACCEPTED);
    await web1.sayPhase(stray, ConfigPhase.APPLIED);
    const again = await web1.next('configOffer');
    expect(again).toMatchObject({ to: offer.to, files: [{ name: 'web.conf' }] });
    await web1.sayPhase(again, ConfigPhase.APPLIED);
    expect(await leave(web1)).not.toContain('configOffer');
  });
});

describe('a host that returns while another state is on its way to it', () => {
  it('is offered that one, and not what it was to run when it came', async () => {
    const { rollouts, configs } = house.fleet.store;
    const web1 = await house.connect(1);
    const first = push();
    await apply(web1);
    await first;
    await leave(web1);
    const releases = [held(rollouts, 'find'), held(configs, 'revision')] as const;
    const back = await house.connect(1);
    await expect.poll(() => releases[0].count).toBe(1);
    const second = push({ content: program('other') });
    await expect.poll(() => releases[1].count).toBe(1);
    releases[0].release();
    await expect.poll(() => releases[0].answered).toBe(1);
    releases[1].release();
    expect(await apply(back)).toEqual(['web.conf@2']);
    expect(inWords((await second).at(-1) as RolloutStep)).toBe('ended succeeded'); // a push has at least one step
  });
});

/** Makes the calls of one method of the store wait, until released. */
function held<Port extends object>(port: Port, name: keyof Port) {
  const real = port[name];
  if (typeof real !== 'function') throw new Error(`${String(name)} is no method`);
  const { promise, resolve } = Promise.withResolvers<void>();
  const calls = { count: 0, answered: 0, release: resolve };
  const value = async (...args: unknown[]) => {
    calls.count++;
    await promise;
    const answer = await real.apply(port, args);
    calls.answered++;
    return answer;
  };
  Object.defineProperty(port, name, { value });
  return calls;
}
