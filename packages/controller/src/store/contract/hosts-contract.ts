/** Hosts hold their name alone; sessions and generations never go back. */
import { expect, it } from 'vitest';
import type { StoreUnderTest } from '../store-contract.ts';
import { arrival, noonUs, push } from './samples.ts';

export function hostsContract(open: () => Promise<StoreUnderTest>): void {
  it('writes down a host that arrives, with a session number that grows each time', async () => {
    await using tested = await open();
    const first = await tested.store.hosts.arrive(arrival('web1'), noonUs);
    expect(first).toEqual({
      kind: 'arrived',
      isNew: true,
      host: { ...arrival('web1'), firstSeenUs: noonUs, lastSeenUs: noonUs, session: 1n },
    });
    await tested.reopen();
    const again = arrival('web1', { labels: {}, hostGroups: ['web', 'eu'], agentVersion: '0.2.0' });
    const second = await tested.store.hosts.arrive(again, noonUs + 5n);
    expect(second).toEqual({
      kind: 'arrived',
      isNew: false,
      host: { ...again, firstSeenUs: noonUs, lastSeenUs: noonUs + 5n, session: 2n },
    });
    expect(await tested.store.hosts.list()).toEqual([second.kind === 'arrived' && second.host]);
  });

  it('lists hosts in order of name', async () => {
    await using tested = await open();
    for (const name of ['web2', 'db1', 'web1']) await tested.store.hosts.arrive(arrival(name), noonUs);
    expect((await tested.store.hosts.list()).map((host) => host.name)).toEqual(['db1', 'web1', 'web2']);
  });

  it('gives a name to one host at a time, and says who holds it', async () => {
    await using tested = await open();
    await tested.store.hosts.arrive(arrival('web1'), noonUs);
    const outcome = await tested.store.hosts.arrive(arrival('web1', { hostId: 'another' }), noonUs);
    expect(outcome).toMatchObject({ kind: 'nameTaken', holder: { hostId: 'id-of-web1', session: 1n } });
    expect(await tested.store.hosts.list()).toHaveLength(1);
    expect(await tested.store.hosts.forget('id-of-web1')).toBe(true);
    expect(await tested.store.hosts.arrive(arrival('web1', { hostId: 'another' }), noonUs)).toMatchObject({
      kind: 'arrived',
    });
  });

  it('gives a name to one of many hosts that arrive with it at once', async () => {
    await using tested = await open();
    const arrivals = [1, 2, 3, 4].map((n) => arrival('web1', { hostId: `id-${n}` }));
    const outcomes = await Promise.all(arrivals.map((one) => tested.store.hosts.arrive(one, noonUs)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['arrived', 'nameTaken', 'nameTaken', 'nameTaken']);
  });

  it('numbers the sessions of one host that come at once one by one', async () => {
    await using tested = await open();
    const outcomes = await Promise.all([1, 2, 3].map(() => tested.store.hosts.arrive(arrival('web1'), noonUs)));
    const sessions = outcomes.map((outcome) => outcome.kind === 'arrived' && outcome.host.session);
    expect(sessions).toEqual([1n, 2n, 3n]);
  });

  it('lets a host take another free name', async () => {
    await using tested = await open();
    await tested.store.hosts.arrive(arrival('web1'), noonUs);
    await tested.store.hosts.arrive(arrival('web9', { hostId: 'id-of-web1' }), noonUs);
    expect((await tested.store.hosts.list()).map((host) => host.name)).toEqual(['web9']);
  });

  it('forgets a host but never its session and generation', async () => {
    await using tested = await open();
    const { hosts } = tested.store;
    await hosts.arrive(arrival('web1'), noonUs);
    await hosts.assignAtJoin('id-of-web1', [], 'empty');
    expect(await hosts.forget('id-of-web1')).toBe(true);
    expect(await hosts.forget('id-of-web1')).toBe(false);
    expect(await hosts.assignment('id-of-web1')).toBeUndefined();
    expect(await hosts.arrive(arrival('web1'), noonUs)).toMatchObject({ isNew: true, host: { session: 2n } });
    expect(await hosts.assignAtJoin('id-of-web1', [], 'empty')).toMatchObject({ ref: { generation: 2n } });
  });

  it('writes down when hosts were last seen, and never sets that back', async () => {
    await using tested = await open();
    const { hosts } = tested.store;
    for (const name of ['web1', 'web2']) await hosts.arrive(arrival(name), noonUs);
    await hosts.touch([
      { hostId: 'id-of-web1', lastSeenUs: noonUs + 7n, table: undefined },
      { hostId: 'id-of-web2', lastSeenUs: noonUs - 7n, table: undefined },
      { hostId: 'unknown', lastSeenUs: noonUs, table: undefined },
    ]);
    await hosts.touch([]);
    expect((await hosts.list()).map((host) => host.lastSeenUs)).toEqual([noonUs + 7n, noonUs]);
  });

  it('keeps the newest table of each host, as fresh as the host was seen with it, and none of a host that is gone', async () => {
    await using tested = await open();
    const { hosts } = tested.store;
    for (const name of ['web1', 'web2', 'web3']) await hosts.arrive(arrival(name), noonUs);
    const table = (name: string, version: bigint) => {
      const statuses = new Uint8Array([1, Number(version)]);
      return { hostId: `id-of-${name}`, life: 'life', version, asOfUs: noonUs, statuses };
    };
    await hosts.keepTables([table('web1', 1n), table('web2', 1n), table('web3', 1n), table('unknown', 1n)]);
    await hosts.keepTables([table('web1', 2n)]);
    await hosts.touch([
      { hostId: 'id-of-web1', lastSeenUs: noonUs + 7n, table: { life: 'life', version: 2n } },
      // It has changed meanwhile, and what is kept has not.
      { hostId: 'id-of-web2', lastSeenUs: noonUs + 7n, table: { life: 'life', version: 9n } },
    ]);
    await hosts.forget('id-of-web3');
    await tested.reopen();
    const kept = (await tested.store.hosts.tables()).toSorted((a, b) => (a.hostId < b.hostId ? -1 : 1));
    expect(kept).toEqual([{ ...table('web1', 2n), asOfUs: noonUs + 7n }, table('web2', 1n)]);
    expect((await tested.store.hosts.list()).map(({ lastSeenUs }) => lastSeenUs)).toEqual([noonUs + 7n, noonUs + 7n]);
  });

  it('gives a host its first desired state at join, once', async () => {
    await using tested = await open();
    const { hosts, rollouts } = tested.store;
    await hosts.arrive(arrival('web1'), noonUs);
    await rollouts.start(push('web.conf', 0n, [], 'r1'));
    const files = [{ file: 'web.conf', revision: 1n }];
    const assignment = await hosts.assignAtJoin('id-of-web1', files, 'some hash');
    expect(assignment).toEqual({
      hostId: 'id-of-web1',
      ref: { incarnation: tested.store.incarnation, generation: 1n, hash: 'some hash' },
      files,
      rolloutId: '',
    });
    expect(await hosts.assignAtJoin('id-of-web1', [], 'another hash')).toEqual(assignment);
    await tested.reopen();
    expect(await tested.store.hosts.assignment('id-of-web1')).toEqual(assignment);
    expect(await tested.store.hosts.assignments()).toEqual([assignment]);
  });

  it('gives nothing to a host that has not arrived', async () => {
    await using tested = await open();
    await expect(tested.store.hosts.assignAtJoin('nobody', [], 'hash')).rejects.toMatchObject({ code: 'not_found' });
  });
}
