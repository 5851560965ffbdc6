/** A command is written down before it is sent, and keeps what each host made of it. */
import { expect, it } from 'vitest';
import type { CommandQuery, CommandRecord, HostCommandRecord } from '../commands.ts';
import type { StoreUnderTest } from '../store-contract.ts';
import { noonUs } from './samples.ts';

export function commandsContract(open: () => Promise<StoreUnderTest>): void {
  const command = (commandId: string, givenAtUs = noonUs): CommandRecord => ({
    commandId,
    actor: 'jo',
    reason: '',
    verb: 'restart',
    action: new Uint8Array([1, 2, 3]),
    givenAtUs,
  });
  const open1: HostCommandRecord = {
    commandId: 'c1',
    hostId: 'h1',
    outcome: '',
    result: new Uint8Array(),
    endedAtUs: 0n,
  };

  it('keeps a command open on each host until it is settled', async () => {
    await using tested = await open();
    await tested.store.commands.give(command('c1'), ['h2', 'h1']);
    expect(await tested.store.commands.results('c1')).toEqual([open1, { ...open1, hostId: 'h2' }]);
    const done = { ...open1, outcome: 'ok', result: new Uint8Array([9]), endedAtUs: noonUs + 1n };
    await tested.store.commands.settle([done]);
    await tested.reopen();
    expect(await tested.store.commands.results('c1')).toEqual([done, { ...open1, hostId: 'h2' }]);
    expect(await tested.store.commands.unsettled('h1')).toEqual([]);
    expect(await tested.store.commands.unsettled('h2')).toEqual([{ ...open1, hostId: 'h2' }]);
  });

  it('lists what is unsettled oldest first, with what was open when the host went away', async () => {
    await using tested = await open();
    const { commands } = tested.store;
    await commands.give(command('c2', noonUs), ['h1']);
    await commands.give(command('c1', noonUs + 1n), ['h1']);
    await commands.give(command('c3', noonUs + 2n), ['h1']);
    await commands.settle([
      { ...open1, commandId: 'c1', outcome: 'unknown-outcome' },
      { ...open1, commandId: 'c3', outcome: 'failed' },
    ]);
    expect((await commands.unsettled('h1')).map(({ commandId }) => commandId)).toEqual(['c2', 'c1']);
  });

  it('refuses a command id that was given before', async () => {
    await using tested = await open();
    const { commands } = tested.store;
    await commands.give(command('c1'), ['h1']);
    await expect(commands.give(command('c1'), ['h2'])).rejects.toMatchObject({ code: 'conflict' });
    expect(await commands.results('c1')).toEqual([open1]);
  });

  it('keeps no result of a command that was never given', async () => {
    await using tested = await open();
    const { commands } = tested.store;
    await commands.give(command('c1'), ['h1']);
    const both = [
      { ...open1, outcome: 'ok' },
      { ...open1, commandId: 'other' },
    ];
    await expect(commands.settle(both)).rejects.toMatchObject({ code: 'not_found' });
    expect(await commands.results('c1')).toEqual([open1]);
  });

  it('lists commands newest first with what became of them, by host, by time, by what is open', async () => {
    await using tested = await open();
    const { commands } = tested.store;
    for (const n of [1, 2, 3, 4])
      await commands.give(command(`c${n}`, noonUs + BigInt(n)), n % 2 === 0 ? ['h1', 'h2'] : ['h2']);
    await commands.settle([
      { ...open1, commandId: 'c4', outcome: 'ok' },
      { ...open1, commandId: 'c2', outcome: 'unknown-outcome' },
      { ...open1, commandId: 'c2', hostId: 'h2', outcome: 'ok' },
      { ...open1, commandId: 'c1', hostId: 'h2', outcome: 'failed' },
      { ...open1, commandId: 'c3', hostId: 'h2', outcome: 'unknown' },
    ]);
    const all = { hostIds: undefined, before: '', sinceUs: 0n, isOpen: false, limit: 10 };
    const ids = async (query: Partial<CommandQuery>) => {
      return (await commands.list({ ...all, ...query })).map(({ commandId }) => commandId);
    };
    expect(await ids({})).toEqual(['c4', 'c3', 'c2', 'c1']);
    expect(await ids({ limit: 2 })).toEqual(['c4', 'c3']);
    expect(await ids({ before: 'c3' })).toEqual(['c2', 'c1']);
    expect(await ids({ sinceUs: noonUs + 3n })).toEqual(['c4', 'c3']);
    expect(await ids({ hostIds: ['h1', 'nobody'] })).toEqual(['c4', 'c2']);
    expect(await ids({ hostIds: [] })).toEqual([]);
    // What nobody knows for good is not open.
    expect(await ids({ isOpen: true })).toEqual(['c4', 'c2']);
    const [newest, , open2] = await commands.list(all);
    expect(newest).toEqual({
      ...command('c4', noonUs + 4n),
      hostCount: 2,
      underWayCount: 1,
      outcomes: new Map([['ok', 1]]),
    });
    expect(open2?.outcomes).toEqual(
      new Map([
        ['ok', 1],
        ['unknown-outcome', 1],
      ]),
    );
  });

  it('finds a command by the beginning of its id', async () => {
    await using tested = await open();
    const { commands } = tested.store;
    for (const id of ['01a1-x', '01a1-y', '01b', '01']) await commands.give(command(id), ['h1']);
    const ids = async (prefix: string, limit = 9) =>
      (await commands.beginningWith(prefix, limit)).map((c) => c.commandId);
    expect(await ids('01a1')).toEqual(['01a1-x', '01a1-y']);
    expect(await ids('01', 2)).toEqual(['01', '01a1-x']);
    expect(await ids('02')).toEqual([]);
  });

  it('calls unknown what was under way when the controller died', async () => {
    await using tested = await open();
    await tested.store.commands.give(command('c1'), ['h1', 'h2']);
    await tested.store.commands.settle([{ ...open1, hostId: 'h2', outcome: 'ok' }]);
    await tested.reopen();
    expect(await tested.store.commands.interrupted()).toBe(1);
    expect(await tested.store.commands.interrupted()).toBe(0);
    const results = await tested.store.commands.results('c1');
    expect(results.map(({ outcome }) => outcome)).toEqual(['unknown-outcome', 'ok']);
    expect(await tested.store.commands.unsettled('h1')).toHaveLength(1);
  });

  it('gives a command to thousands of hosts', async () => {
    await using tested = await open();
    const hostIds = Array.from({ length: 2_500 }, (_, i) => `h${String(i).padStart(4, '0')}`);
    await tested.store.commands.give(command('c1'), hostIds);
    const results = await tested.store.commands.results('c1');
    expect(results.map(({ hostId }) => hostId)).toEqual(hostIds);
    await tested.store.commands.settle(results.map((record) => ({ ...record, outcome: 'ok' })));
    expect(await tested.store.commands.unsettled('h0042')).toEqual([]);
  });
}
