/** A push is stored as a whole or not at all, and only on top of the revision it was made for. */
import { expect, it } from 'vitest';
import type { StoreUnderTest } from '../store-contract.ts';
import { arrival, noonUs, push } from './samples.ts';

export function rolloutsContract(open: () => Promise<StoreUnderTest>): void {
  async function withHosts(...names: string[]): Promise<StoreUnderTest> {
    const tested = await open();
    for (const name of names) await tested.store.hosts.arrive(arrival(name), noonUs);
    return tested;
  }

  it('stores revision, rollout, tasks and new generations together', async () => {
    await using tested = await withHosts('web1', 'web2', 'db1');
    await tested.store.hosts.assignAtJoin('id-of-web2', [], 'empty');
    const start = push('web.conf', 0n, ['web1', 'web2'], 'r1');
    const outcome = await tested.store.rollouts.start(start);
    const { incarnation } = tested.store;
    const assignment = (hostId: string, generation: bigint) => ({
      hostId,
      ref: { incarnation, generation, hash: 'hash of web.conf 1' },
      files: [{ file: 'web.conf', revision: 1n }],
      rolloutId: 'r1',
    });
    const assignments = [assignment('id-of-web1', 1n), assignment('id-of-web2', 2n)];
    expect(outcome).toEqual({ kind: 'started', revision: { ...start.revision, revision: 1n }, assignments });
    await tested.reopen();
    expect(await tested.store.hosts.assignments()).toEqual(assignments);
    const rollout = {
      rolloutId: 'r1',
      state: 'running',
      reason: '',
      author: 'jo',
      message: 'why web.conf changes',
      to: [{ file: 'web.conf', revision: 1n }],
      hostTimeoutMs: 7_000,
      startedAtUs: noonUs,
      endedAtUs: 0n,
    };
    const task = { rolloutId: 'r1', state: 'pending', message: '' };
    const tasks = [
      { ...task, hostId: 'id-of-web1', generation: 1n },
      { ...task, hostId: 'id-of-web2', generation: 2n },
    ];
    expect(await tested.store.rollouts.find('r1')).toEqual({ rollout, tasks });
    expect(await tested.store.rollouts.running()).toEqual([{ rollout, tasks }]);
  });

  it('refuses a push whose parent is not the newest, and changes nothing', async () => {
    await using tested = await withHosts('web1');
    const { rollouts, configs, hosts } = tested.store;
    await rollouts.start(push('web.conf', 0n, ['web1'], 'r1'));
    expect(await rollouts.start(push('web.conf', 0n, ['web1'], 'r2'))).toEqual({ kind: 'conflict', newest: 1n });
    expect(await rollouts.start(push('web.conf', 2n, ['web1'], 'r3'))).toEqual({ kind: 'conflict', newest: 1n });
    expect(await rollouts.start(push('db.conf', 1n, ['web1'], 'r4'))).toEqual({ kind: 'conflict', newest: 0n });
    expect(await rollouts.find('r2')).toBeUndefined();
    expect(await configs.history('web.conf', 10)).toHaveLength(1);
    expect(await hosts.assignment('id-of-web1')).toMatchObject({ ref: { generation: 1n } });
  });

  it('lets one of many pushes at once through', async () => {
    await using tested = await withHosts('web1');
    const { rollouts } = tested.store;
    const ids = ['r1', 'r2', 'r3', 'r4', 'r5'];
    const outcomes = await Promise.all(ids.map((id) => rollouts.start(push('web.conf', 0n, ['web1'], id))));
    expect(outcomes.filter((outcome) => outcome.kind === 'started')).toHaveLength(1);
    expect(await tested.store.hosts.assignment('id-of-web1')).toMatchObject({ ref: { generation: 1n } });
  });

  it('stores nothing when one of its hosts was forgotten in between', async () => {
    await using tested = await withHosts('web1');
    const { rollouts, configs, hosts } = tested.store;
    const start = push('web.conf', 0n, ['web1', 'gone'], 'r1');
    await expect(rollouts.start(start)).rejects.toMatchObject({ code: 'stale', facts: { hostIds: ['id-of-gone'] } });
    expect(await rollouts.find('r1')).toBeUndefined();
    expect(await configs.find('web.conf')).toBeUndefined();
    expect(await hosts.assignments()).toEqual([]);
    expect(await rollouts.start(push('web.conf', 0n, ['web1'], 'r2'))).toMatchObject({
      assignments: [{ ref: { generation: 1n } }],
    });
  });

  it('takes a rollout to thousands of hosts', async () => {
    await using tested = await open();
    const names = Array.from({ length: 2_500 }, (_, i) => `web${i}`);
    await Promise.all(names.map((name) => tested.store.hosts.arrive(arrival(name), noonUs)));
    const outcome = await tested.store.rollouts.start(push('web.conf', 0n, names, 'r1'));
    expect(outcome.kind === 'started' && outcome.assignments.map(({ hostId }) => hostId)).toEqual(
      names.map((name) => `id-of-${name}`),
    );
    expect((await tested.store.rollouts.find('r1'))?.tasks).toHaveLength(2_500);
  });

  it('keeps the newest state of each task', async () => {
    await using tested = await withHosts('web1', 'web2');
    const { rollouts } = tested.store;
    await rollouts.start(push('web.conf', 0n, ['web1', 'web2'], 'r1'));
    const task = {
      rolloutId: 'r1',
      hostId: 'id-of-web1',
      state: 'rejected',
      generation: 1n,
      message: 'line 3',
    } as const;
    await rollouts.setTask(task);
    expect((await rollouts.find('r1'))?.tasks).toEqual([task, expect.objectContaining({ state: 'pending' })]);
    await expect(rollouts.setTask({ ...task, rolloutId: 'none' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('ends a rollout and says which revisions are stable from then on', async () => {
    await using tested = await withHosts('web1');
    const { rollouts, configs } = tested.store;
    await rollouts.start(push('web.conf', 0n, ['web1'], 'r1'));
    await rollouts.start(push('web.conf', 1n, ['web1'], 'r2'));
    await rollouts.end('r1', 'superseded', 'r2 took over', noonUs + 1n, []);
    expect((await rollouts.running()).map(({ rollout }) => rollout.rolloutId)).toEqual(['r2']);
    await rollouts.end('r2', 'succeeded', '', noonUs + 2n, [{ file: 'web.conf', revision: 2n }]);
    expect(await rollouts.running()).toEqual([]);
    expect(await rollouts.find('r1')).toMatchObject({ rollout: { state: 'superseded', reason: 'r2 took over' } });
    expect(await rollouts.find('r2')).toMatchObject({ rollout: { state: 'succeeded', endedAtUs: noonUs + 2n } });
    expect(await configs.find('web.conf')).toMatchObject({ stable: 2n });
    expect(await configs.failed()).toEqual([]);
    await expect(rollouts.end('none', 'failed', '', noonUs, [])).rejects.toMatchObject({ code: 'not_found' });
  });

  it('remembers of every revision whether its rollout failed, or made it stable', async () => {
    await using tested = await withHosts('web1');
    const { rollouts } = tested.store;
    const end = async (parent: bigint, state: 'succeeded' | 'failed' | 'superseded') => {
      const rolloutId = `r${parent + 1n}`;
      await rollouts.start(push('web.conf', parent, ['web1'], rolloutId));
      const stable = state === 'succeeded' ? [{ file: 'web.conf', revision: parent + 1n }] : [];
      await rollouts.end(rolloutId, state, '', noonUs, stable);
    };
    await end(0n, 'failed');
    await end(1n, 'succeeded');
    await end(2n, 'superseded');
    await end(3n, 'failed');
    await end(4n, 'succeeded');
    await tested.reopen();
    const { configs } = tested.store;
    expect(await configs.failed()).toEqual([
      { file: 'web.conf', revision: 1n },
      { file: 'web.conf', revision: 4n },
    ]);
    expect((await configs.provenBefore('web.conf', 5n))?.revision).toBe(2n);
    expect((await configs.provenBefore('web.conf', 9n))?.revision).toBe(5n);
    expect(await configs.provenBefore('web.conf', 2n)).toBeUndefined();
    expect(await configs.provenBefore('other.conf', 9n)).toBeUndefined();
  });

  it('knows the files of every desired state that a host was given, by hash', async () => {
    await using tested = await withHosts('web1', 'web2');
    await tested.store.hosts.assignAtJoin('id-of-web1', [{ file: 'old.conf', revision: 3n }], 'hash of old');
    await tested.store.rollouts.start(push('web.conf', 0n, ['web1', 'web2'], 'r1'));
    await tested.reopen();
    const { hosts } = tested.store;
    expect(await hosts.filesOf('hash of old')).toEqual([{ file: 'old.conf', revision: 3n }]);
    expect(await hosts.filesOf('hash of web.conf 1')).toEqual([{ file: 'web.conf', revision: 1n }]);
    expect(await hosts.filesOf('another')).toBeUndefined();
  });
}
