import { describe, expect, it } from 'vitest';
import { addFirstGroups } from '../layers/first-groups.ts';
import { leftRecords } from '../layers/left-records.ts';
import { OneAtATime } from '../layers/one-at-a-time.ts';
import { startSupervisor } from '../supervision/start-supervisor.ts';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { superviseFake } from '../supervision/testing/supervised-world.ts';
import { openAgentDb } from './agent-db.ts';
import { AgentLife } from './agent-life.ts';
import { fillDisk } from './fixtures/full-disk.ts';
import { tempFolder } from './fixtures/temp-folder.ts';
import { JointCommit } from './joint-commit.ts';
import { keepLife } from './keep-life.ts';

async function kept(
  behaviours: Parameters<typeof superviseFake>[0] = {},
  onTrouble: (text: string) => void = expect.fail,
) {
  const db = openAgentDb(tempFolder());
  const life = new AgentLife(db, 'this boot');
  const world = superviseFake(behaviours);
  const { supervisor, clock } = world;
  const keeper = keepLife({
    ...{ supervisor, life, clock, commit: new JointCommit(db), autoLogs: () => ({ stdout: '/tmp/web.log' }) },
    writing: () => () => {},
    onTrouble,
  });
  supervisor.subscribe(keeper);
  keeper.begin('0.1.0', []);
  const processes = ['a', 'b'].map((name) => processSpec(name));
  supervisor.addGroup(groupSpec('pool', { processes }), 'local');
  await world.pass(2);
  keeper.flush();
  return { db, life, world, keeper };
}

describe('what an agent leaves', () => {
  it('is what runs: groups, states, children and logs', async () => {
    const { db, life } = await kept();
    const left = life.left();
    expect(left).toMatchObject({ agentVersion: '0.1.0', ending: 'nothing', groups: [{ layer: 'local' }] });
    const a = left?.process({ group: 'pool', name: 'a' });
    expect(a).toMatchObject({ state: { name: 'RUNNING', run: 1 }, autoLogs: { stdout: '/tmp/web.log' } });
    expect(a?.child?.startTicks).toBeTypeOf('bigint');
    await db[Symbol.asyncDispose]();
  });

  it('goes on in the next: a child that lives is not started again, one that ended meanwhile is', async () => {
    const { db, life, world, keeper } = await kept();
    const { host, clock, logs } = world;
    keeper[Symbol.dispose]();
    await world.supervisor[Symbol.asyncDispose]();
    const lives = host.child('pool', 'a').pid;
    host.end(host.child('pool', 'b'), { kind: 'code', code: 0 });
    const left = life.left();
    const next = startSupervisor({ clock, host, logs, mainLog: { log: () => {} }, events: { record: () => {} } });
    const adopted = addFirstGroups({
      ...{ supervisor: next, changes: new OneAtATime(), left, stopped: [], log: () => {}, fresh: () => [] },
      records: leftRecords(left, [], ({ pid }) => pid === lives, { now: clock.now(), wallTimeUs: clock.wallTimeUs() }),
      isAlive: ({ pid }) => host.alive.some((child) => child.pid === pid),
    });
    expect(adopted).toEqual([{ group: 'pool', name: 'a' }]);
    await world.pass(2);
    expect(host.launches.map(({ spec, run }) => `${spec.name} ${run}`)).toEqual(['a 1', 'b 1', 'b 2']);
    expect(next.status({ group: 'pool', name: 'a' })).toMatchObject({ state: 'RUNNING', run: 1, pid: lives });
    expect(host.violations).toEqual([]);
    await next[Symbol.asyncDispose]();
    await db[Symbol.asyncDispose]();
  });

  it('has the group of whatever has been started, from the first moment on', async () => {
    const db = openAgentDb(tempFolder());
    const life = new AgentLife(db, 'this boot');
    const groupsAtStart: string[] = [];
    const behaviour = () => {
      groupsAtStart.push((life.left()?.groups ?? []).map(({ spec }) => spec.name).join());
      return {};
    };
    const world = superviseFake({ a: behaviour, b: behaviour });
    const { supervisor, clock } = world;
    const keeper = keepLife({
      ...{ supervisor, life, clock, commit: new JointCommit(db) },
      ...{ autoLogs: () => ({}), writing: () => () => {}, onTrouble: () => {} },
    });
    supervisor.subscribe(keeper);
    life.begin('0.1.0', []);
    supervisor.addGroup(groupSpec('a'), 'fleet');
    await world.pass(0);
    // Within the pause between two writes.
    await supervisor.apply({ kind: 'add-group', group: groupSpec('b'), reason: 'new' }, 'fleet');
    await world.pass(0);
    expect(groupsAtStart).toEqual(['a', 'a,b']);
    await db[Symbol.asyncDispose]();
  });

  it.each(['is on its way down', 'is down'])('is started when it was being restarted and %s', async (where) => {
    const { db, life, world, keeper } = await kept();
    const { host, clock, logs, supervisor } = world;
    const a = { group: 'pool', name: 'a' };
    void supervisor.stop(a, { byHand: false });
    void supervisor.stop({ group: 'pool', name: 'b' }, { byHand: true });
    if (where === 'is down') await world.pass(1);
    keeper[Symbol.dispose]();
    await supervisor[Symbol.asyncDispose]();
    const left = life.left();
    const next = startSupervisor({ clock, host, logs, mainLog: { log: () => {} }, events: { record: () => {} } });
    addFirstGroups({
      ...{ supervisor: next, changes: new OneAtATime(), left, stopped: [], log: () => {}, fresh: () => [] },
      records: leftRecords(left, [], ({ pid }) => host.alive.some((child) => child.pid === pid), {
        now: clock.now(),
        wallTimeUs: clock.wallTimeUs(),
      }),
      isAlive: ({ pid }) => host.alive.some((child) => child.pid === pid),
    });
    await world.pass(2);
    expect(next.status(a)).toMatchObject({ state: 'RUNNING', run: 2 });
    expect(next.status({ group: 'pool', name: 'b' })).toMatchObject({ state: 'STOPPED', stoppedByHand: true });
    expect(host.violations).toEqual([]);
    await next[Symbol.asyncDispose]();
    await db[Symbol.asyncDispose]();
  });

  it('is to be started again where that was what it was stopped for', async () => {
    const { db, life, world, keeper } = await kept({ b: { ignores: ['TERM'] } });
    const { host, clock, logs, supervisor } = world;
    const [group] = supervisor.groups();
    const spec = group?.spec.processes[1];
    if (group === undefined || spec === undefined) throw new Error('there is a group of two');
    const action = { kind: 'restart-process', group: group.spec, spec, changed: [], reason: 'test' } as const;
    supervisor.apply(action, 'local').catch(() => {});
    await world.pass(1);
    keeper[Symbol.dispose]();
    await supervisor[Symbol.asyncDispose]();
    expect(life.left()?.process({ group: 'pool', name: 'b' })?.state).toMatchObject({
      name: 'STOPPING',
      cause: 'restart',
    });
    const left = life.left();
    const next = startSupervisor({ clock, host, logs, mainLog: { log: () => {} }, events: { record: () => {} } });
    const isAlive = ({ pid }: { readonly pid: number }) => host.alive.some((child) => child.pid === pid);
    addFirstGroups({
      ...{ supervisor: next, changes: new OneAtATime(), left, stopped: [], log: () => {}, fresh: () => [], isAlive },
      records: leftRecords(left, [], isAlive, { now: clock.now(), wallTimeUs: clock.wallTimeUs() }),
    });
    await world.pass(20);
    expect(host.launches.map(({ spec: { name }, run }) => `${name} ${run}`)).toEqual(['a 1', 'b 1', 'b 2']);
    await next[Symbol.asyncDispose]();
    await db[Symbol.asyncDispose]();
  });

  it.each([
    ['nothing of its group', [], []],
    ['another process of its group', [groupSpec('pool', { processes: [processSpec('b')] })], ['b 2']],
  ])('is stopped where it was being stopped and the file has %s by now', async (_what, fresh, started) => {
    const { db, life, world, keeper } = await kept({ a: { ignores: ['TERM'] } });
    const { host, clock, logs, supervisor } = world;
    life.setEnding('local');
    supervisor.clearLayer('local').catch(() => {}); // the agent is killed over it
    await world.pass(1); // b is down, and a is not
    keeper[Symbol.dispose]();
    await supervisor[Symbol.asyncDispose]();
    const left = life.left();
    const next = startSupervisor({ clock, host, logs, mainLog: { log: () => {} }, events: { record: () => {} } });
    const isAlive = ({ pid }: { readonly pid: number }) => host.alive.some((child) => child.pid === pid);
    const changes = new OneAtATime();
    const adopted = addFirstGroups({
      ...{ supervisor: next, changes, left, stopped: [], log: expect.fail, isAlive },
      fresh: (layer) => (layer === 'local' ? fresh : []),
      records: leftRecords(left, [], isAlive, { now: clock.now(), wallTimeUs: clock.wallTimeUs() }),
    });
    expect(adopted).toEqual([{ group: 'pool', name: 'a' }]);
    expect(changes.isBusy).toBe(true);
    await world.pass(20);
    expect(host.alive.map(({ launch: { spec } }) => spec.name)).toEqual(started.map(() => 'b'));
    expect(host.launches.slice(2).map(({ spec: { name }, run }) => `${name} ${run}`)).toEqual(started);
    expect(next.groups().map(({ spec }) => spec.name)).toEqual(fresh.map(({ name }) => name));
    expect(changes.isBusy).toBe(false);
    expect(host.violations).toEqual([]);
    await next[Symbol.asyncDispose]();
    await db[Symbol.asyncDispose]();
  });

  it('is forgotten of groups that do not go on', async () => {
    const { db, life } = await kept();
    life.begin('0.2.0', ['other']);
    expect(life.left()).toBeUndefined();
    await db[Symbol.asyncDispose]();
  });

  it('has every group before anything of it starts, also in a storm', async () => {
    const { db, life, world } = await kept();
    world.supervisor.addGroup(groupSpec('late', { processes: [processSpec('c')] }), 'local');
    await Promise.resolve();
    expect(world.host.launches.map(({ spec }) => spec.name)).not.toContain('c');
    expect(life.left()?.groups.map(({ spec }) => spec.name)).toEqual(['pool', 'late']);
    await db[Symbol.asyncDispose]();
  });

  it('is the life before where the disk refuses, until there is room', async () => {
    const { db, life, keeper } = await kept({}, () => {});
    const makeRoom = fillDisk(db);
    expect(keeper.begin('0.2.0', ['pool'])).toBe(false);
    expect(life.left()?.agentVersion).toBe('0.1.0');
    makeRoom();
    expect(keeper.flush()).toBe(true);
    expect(life.left()).toMatchObject({ agentVersion: '0.2.0', groups: [{ spec: { name: 'pool' } }] });
    await db[Symbol.asyncDispose]();
  });

  it('is nothing after an orderly end, and in another life of the machine', async () => {
    const { db, life } = await kept();
    expect(new AgentLife(db, 'another boot').left()).toBeUndefined();
    life.end();
    expect(life.left()).toBeUndefined();
    await db[Symbol.asyncDispose]();
  });

  it('says what was being stopped on purpose', async () => {
    const { db, life } = await kept();
    life.setEnding('everything');
    expect(life.left()?.ending).toBe('everything');
    await db[Symbol.asyncDispose]();
  });
});
