/** What every store must do, whatever it keeps its data in: one suite, run against each implementation. */
import { describe } from 'vitest';
import { commandsContract } from './contract/commands-contract.ts';
import { configsContract } from './contract/configs-contract.ts';
import { eventsContract } from './contract/events-contract.ts';
import { hostsContract } from './contract/hosts-contract.ts';
import { identityContract } from './contract/identity-contract.ts';
import { rolloutsContract } from './contract/rollouts-contract.ts';
import type { Store } from './store.ts';

/** A new, empty store, and the way to close and open it again on the same data. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: Store;
  /** Closes the present one; `store` is another one afterwards. */
  reopen(): Promise<void>;
}

/** @param open makes a store of its own for each test. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the store's contract`, () => {
    describe('identity', () => identityContract(open));
    describe('hosts', () => hostsContract(open));
    describe('configs', () => configsContract(open));
    describe('rollouts', () => rolloutsContract(open));
    describe('events', () => eventsContract(open));
    describe('commands', () => commandsContract(open));
  });
}
