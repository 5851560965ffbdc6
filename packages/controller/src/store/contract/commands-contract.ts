/** A command is written down before it is sent, and keeps what each host made of it. */
import { expect, it } from 'vitest';
import type { CommandRecord, HostCommandRecord } from '../commands.ts';
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
