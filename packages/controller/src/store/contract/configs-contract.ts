/** Revisions are immutable and numbered without a gap; the exact bytes come back. */
import { expect, it } from 'vitest';
import type { StoreUnderTest } from '../store-contract.ts';
import { push } from './samples.ts';

export function configsContract(open: () => Promise<StoreUnderTest>): void {
  it('has nothing at first', async () => {
    await using tested = await open();
    const { configs } = tested.store;
    expect(await configs.list()).toEqual([]);
    expect(await configs.find('web.conf')).toBeUndefined();
    expect(await configs.revision('web.conf', 1n)).toBeUndefined();
    expect(await configs.history('web.conf', 10)).toEqual([]);
  });

  it('gives back every revision exactly as it was pushed', async () => {
    await using tested = await open();
    const pushes = [push('web.conf', 0n, [], 'r1'), push('web.conf', 1n, [], 'r2'), push('db.conf', 0n, [], 'r3')];
    for (const one of pushes) await tested.store.rollouts.start(one);
    await tested.reopen();
    const { configs } = tested.store;
    const [web1, web2, db1] = pushes.map(({ revision }) => ({ ...revision, revision: revision.parent + 1n }));
    expect(await configs.list()).toEqual([
      { newest: db1, stable: 0n },
      { newest: web2, stable: 0n },
    ]);
    expect(await configs.find('web.conf')).toEqual({ newest: web2, stable: 0n });
    expect(await configs.revision('web.conf', 1n)).toEqual(web1);
    expect(await configs.history('web.conf', 10)).toEqual([web2, web1]);
    expect(await configs.history('web.conf', 1)).toEqual([web2]);
  });
}
