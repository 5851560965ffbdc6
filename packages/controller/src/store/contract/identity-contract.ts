/** Who the store is, and that it closes well. */
import { isUuid } from '@fleetvisor/primitives';
import { expect, it } from 'vitest';
import type { StoreUnderTest } from '../store-contract.ts';
import { event, everything, noonUs, source } from './samples.ts';

export function identityContract(open: () => Promise<StoreUnderTest>): void {
  it('makes its ids once and keeps them', async () => {
    await using tested = await open();
    const { fleetId, incarnation } = tested.store;
    expect(isUuid(fleetId) && isUuid(incarnation)).toBe(true);
    expect(fleetId).not.toBe(incarnation);
    await tested.reopen();
    expect(tested.store.fleetId).toBe(fleetId);
    expect(tested.store.incarnation).toBe(incarnation);
  });

  it('says that it can write', async () => {
    await using tested = await open();
    await expect(tested.store.check()).resolves.toBeUndefined();
  });

  it('stores what was given before it was closed, and refuses what comes after', async () => {
    await using tested = await open();
    const { store } = tested;
    const given = [1, 2, 3].map((seq) => store.events.append(source('web1'), [event(seq)], noonUs));
    await tested.reopen();
    await expect(Promise.all(given)).resolves.toHaveLength(3);
    expect(await tested.store.events.after(0n, everything, 10)).toHaveLength(3);
    await expect(store.events.append(source('web1'), [event(4)], noonUs)).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(store.hosts.list()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.check()).rejects.toMatchObject({ code: 'unavailable' });
  });
}
