/** A SQLite store in a folder of its own, for tests: gone with its folder at the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Clock, systemClock, systemRandom } from '@fleetvisor/primitives';
import type { Store } from '../../store.ts';
import type { StoreUnderTest } from '../../store-contract.ts';
import { openSqliteStore } from '../open-store.ts';

export interface TemporaryStore extends StoreUnderTest {
  readonly folder: string;
}

/** A folder that is removed at the end. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fleet-store-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

export async function temporaryStore(clock: Clock = systemClock): Promise<TemporaryStore> {
  const folder = await temporaryFolder();
  const open = () => openSqliteStore({ folder: folder.path, clock, random: systemRandom, gatherMs: 1 });
  let store: Store = await open();
  return {
    folder: folder.path,
    get store() {
      return store;
    },
    async reopen() {
      await store[Symbol.asyncDispose]();
      store = await open();
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
