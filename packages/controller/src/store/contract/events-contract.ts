/** Every event exactly once, in commit order, through resends, conflicts, gaps and midnight. */
import { expect, it } from 'vitest';
import type { EventFilter, StoredEvent } from '../events.ts';
import type { StoreUnderTest } from '../store-contract.ts';
import { dayUs, event, events, everything, noonUs, source } from './samples.ts';

export function eventsContract(open: () => Promise<StoreUnderTest>): void {
  const seqs = (stored: readonly StoredEvent[]) => stored.map(({ seq }) => Number(seq));
  const of = (filter: Partial<EventFilter>): EventFilter => ({ ...everything, ...filter });

  it('gives back what was appended, with the position of its commit', async () => {
    await using tested = await open();
    const crash = event(2, { kind: 'crash', body: new Uint8Array([0, 255, 0]) });
    const outcome = await tested.store.events.append(source('web1'), [event(1), crash], noonUs);
    const common = { ...source('web1'), receivedAtUs: noonUs };
    const stored = [
      { ...event(1), ...common, position: 1n },
      { ...crash, ...common, position: 2n },
    ];
    expect(outcome).toEqual({ ackedSeq: 2n, stored, conflicts: [] });
    await tested.reopen();
    const { events: history } = tested.store;
    expect(await history.after(0n, everything, 10)).toEqual(stored);
    expect(await history.newest(0n, everything, 10)).toEqual(stored.toReversed());
    expect(await history.ackedSeq('id-of-web1', 'epoch-1')).toBe(2n);
    expect(await history.ackedSeq('id-of-web1', 'epoch-2')).toBe(0n);
    expect(await history.newestPosition()).toBe(2n);
  });

  it('answers an append of nothing with what it has', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    expect(await history.append(source('web1'), [], noonUs)).toEqual({ ackedSeq: 0n, stored: [], conflicts: [] });
    await history.append(source('web1'), events(1, 3), noonUs);
    expect(await history.append(source('web1'), [], noonUs)).toEqual({ ackedSeq: 3n, stored: [], conflicts: [] });
  });

  it('stores a resend once, also when it overlaps with what is new', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    await history.append(source('web1'), events(1, 3), noonUs);
    const outcome = await history.append(source('web1'), events(2, 5), noonUs + 1n);
    expect(outcome).toMatchObject({ ackedSeq: 5n, conflicts: [] });
    expect(seqs(outcome.stored)).toEqual([4, 5]);
    expect(seqs(await history.after(0n, everything, 10))).toEqual([1, 2, 3, 4, 5]);
  });

  it('tells hosts and epochs apart', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    for (const one of [source('web1'), source('web1', 'epoch-2'), source('web2')]) {
      expect(seqs((await history.append(one, events(1, 2), noonUs)).stored)).toEqual([1, 2]);
    }
    expect(await history.newestPosition()).toBe(6n);
    expect(await history.newest(0n, of({ hostIds: ['id-of-web1'] }), 10)).toHaveLength(4);
  });

  it('raises an alarm when a number comes again with another body, and keeps the first', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    await history.append(source('web1'), events(1, 3), noonUs);
    const other = event(2, { body: new Uint8Array([1]) });
    const outcome = await history.append(source('web1'), [event(1), other, event(3), event(4)], noonUs + 1n);
    expect(outcome).toMatchObject({ ackedSeq: 4n, conflicts: [2n] });
    expect(seqs(outcome.stored)).toEqual([4]);
    expect((await history.after(1n, everything, 1))[0]?.body).toEqual(event(2).body);
    const within = await history.append(source('web1'), [event(5), event(5, { body: new Uint8Array() })], noonUs);
    expect(within).toMatchObject({ ackedSeq: 5n, conflicts: [5n] });
  });

  it('recognises a resend after midnight', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    await history.append(source('web1'), events(1, 3), noonUs);
    const outcome = await history.append(source('web1'), [...events(2, 3), event(4)], noonUs + dayUs);
    expect(outcome).toMatchObject({ ackedSeq: 4n, conflicts: [] });
    const altered = event(1, { body: new Uint8Array() });
    expect(await history.append(source('web1'), [altered], noonUs + dayUs)).toMatchObject({ conflicts: [1n] });
    expect(seqs(await history.after(0n, everything, 10))).toEqual([1, 2, 3, 4]);
  });

  it('goes on behind a gap, and still takes what comes for it', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    expect(await history.append(source('web1'), [event(1), ...events(5, 7)], noonUs)).toMatchObject({ ackedSeq: 7n });
    const late = await history.append(source('web1'), events(3, 6), noonUs);
    expect(seqs(late.stored)).toEqual([3, 4]);
    expect(seqs((await history.append(source('web1'), events(1, 8), noonUs)).stored)).toEqual([2, 8]);
    const order = [1, 5, 6, 7, 3, 4, 2, 8];
    expect(seqs(await history.after(0n, of({ hostIds: ['id-of-web1'] }), 10))).toEqual(order);
    expect(seqs(await history.newest(8n, of({ hostIds: ['id-of-web1'] }), 3))).toEqual([2, 4, 3]);
  });

  it('refuses a number that cannot be, without harm to those that wait with it', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    const good = history.append(source('web1'), events(1, 2), noonUs);
    const bad = [0n, 2n ** 63n].map((seq) => history.append(source('web2'), [event(seq)], noonUs));
    const verdicts = await Promise.allSettled(bad);
    expect(verdicts).toMatchObject([{ reason: { code: 'invalid' } }, { reason: { code: 'invalid' } }]);
    expect(await good).toMatchObject({ ackedSeq: 2n });
  });

  it('pages through history both ways, across days', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    for (let day = 0; day < 3; day++) {
      await history.append(source('web1'), events(day * 4 + 1, day * 4 + 4), noonUs + BigInt(day) * dayUs);
    }
    const newer: number[] = [];
    for (let at = 0n, page = await history.after(0n, everything, 5); page.length > 0; ) {
      newer.push(...seqs(page));
      at = page.at(-1)?.position ?? at;
      page = await history.after(at, everything, 5);
    }
    const older: number[] = [];
    for (let page = await history.newest(0n, everything, 5); page.length > 0; ) {
      older.push(...seqs(page));
      page = await history.newest(page.at(-1)?.position ?? 1n, everything, 5);
    }
    expect(newer).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(older).toEqual(newer.toReversed());
    expect(await history.newest(0n, everything, 0)).toEqual([]);
  });

  it('finds by host, kind and time', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    const kinds = ['transition', 'crash', 'transition', 'crashRepeat', 'agentStarted', 'crash'];
    const mixed = kinds.map((kind, i) => event(i + 1, { kind }));
    await history.append(source('web1'), mixed, noonUs);
    await history.append(source('web2'), mixed, noonUs + 1_000n);
    await history.append(source('web3'), mixed, noonUs + dayUs);
    const crashes = of({ kinds: ['crash', 'crashRepeat'] });
    expect(seqs(await history.newest(0n, crashes, 4))).toEqual([6, 4, 2, 6]);
    expect(await history.newest(0n, crashes, 100)).toHaveLength(9);
    expect(seqs(await history.after(0n, of({ ...crashes, hostIds: ['id-of-web2'] }), 10))).toEqual([2, 4, 6]);
    expect(seqs(await history.after(0n, of({ kinds: ['transition', 'agentStarted'] }), 4))).toEqual([1, 3, 5, 1]);
    expect(await history.newest(0n, of({ sinceUs: noonUs + 1_000n }), 100)).toHaveLength(12);
    expect(await history.after(0n, of({ ...crashes, sinceUs: noonUs + dayUs }), 100)).toHaveLength(3);
    expect(await history.newest(0n, of({ sinceUs: noonUs + 2n * dayUs }), 100)).toEqual([]);
    expect(await history.newest(0n, of({ hostIds: [] }), 100)).toEqual([]);
    expect(await history.newest(0n, of({ hostIds: ['nobody'] }), 100)).toEqual([]);
    const two = of({ hostIds: ['id-of-web1', 'id-of-web3'], kinds: ['crash'] });
    expect((await history.newest(0n, two, 3)).map(({ host, seq }) => `${host} ${seq}`)).toEqual([
      'web3 6',
      'web3 2',
      'web1 6',
    ]);
  });

  it('drops whole days, never gives a position twice, and never stores again what was dropped', async () => {
    await using tested = await open();
    await tested.store.events.append(source('web1'), events(1, 3), noonUs);
    await tested.store.events.append(source('web1'), events(4, 6), noonUs + dayUs);
    expect(await tested.store.events.dropDaysBefore(noonUs)).toBe(0);
    expect(await tested.store.events.dropDaysBefore(noonUs + dayUs)).toBe(1);
    expect(seqs(await tested.store.events.after(0n, everything, 10))).toEqual([4, 5, 6]);
    expect(await tested.store.events.dropDaysBefore(noonUs + 3n * dayUs)).toBe(1);
    await tested.reopen();
    const { events: history } = tested.store;
    expect(await history.newest(0n, everything, 10)).toEqual([]);
    expect(await history.append(source('web1'), events(1, 6), noonUs + dayUs)).toMatchObject({
      ackedSeq: 6n,
      stored: [],
    });
    const next = await history.append(source('web1'), [event(7)], noonUs + dayUs);
    expect(next.stored).toMatchObject([{ position: 7n }]);
  });

  it('keeps the order of appends that are made at once', async () => {
    await using tested = await open();
    const { events: history } = tested.store;
    const appends = Array.from({ length: 50 }, (_, i) =>
      history.append(source(`web${i % 3}`), [event(Math.floor(i / 3) + 1)], noonUs),
    );
    const outcomes = await Promise.all(appends);
    expect(outcomes.map(({ stored }) => stored[0]?.position)).toEqual(outcomes.map((_, i) => BigInt(i + 1)));
  });
}
