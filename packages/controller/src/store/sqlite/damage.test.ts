/** A database that is not what was written: it is named, nothing is written to it any more, and what is left is read. */
import { open as openFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { seededRandom, systemClock } from '@fleetvisor/primitives';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arrival, events, everything, noonUs, source } from '../contract/samples.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './open-store.ts';
import { temporaryFolder } from './test-support/temporary-store.ts';

const pageBytes = 4096;
const damaged = {
  code: 'unavailable',
  message: expect.stringMatching(
    /controller\.db: it is damaged .*nothing is written to it any more; .*restore a backup/,
  ),
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let path: string;
const open = () => openSqliteStore({ folder: folder.path, clock: systemClock, random: seededRandom(1), gatherMs: 0 });

beforeEach(async () => {
  folder = await temporaryFolder();
  path = `${folder.path}/controller.db`;
  await using store = await open();
  await store.hosts.arrive(arrival('web1'), noonUs);
  await store.events.append(source('web1'), events(1, 5_000), noonUs);
});

afterEach(() => folder[Symbol.asyncDispose]());

/** Writes what no database has over the pages of the file, from the first given one to before the last. */
async function overwrite(from: number, to: number): Promise<void> {
  const file = await openFile(path, 'r+');
  const noise = seededRandom(7);
  const junk = Uint8Array.from({ length: (to - from) * pageBytes }, () => Math.floor(noise.next() * 256));
  await file.write(junk, 0, junk.length, from * pageBytes);
  await file.close();
}

const pages = async () => (await stat(path)).size / pageBytes;
/** The page in which the events lie thickest is somewhere in the last half of the file. */
const middle = async () => Math.floor((await pages()) / 2);
const readAll = (store: Store) => store.events.after(0n, everything, 10_000);

describe('a database that is damaged', () => {
  it.each<[string, () => Promise<void>]>([
    ['cut off', async () => truncate(path, (await middle()) * pageBytes)],
    ['without a header', () => overwrite(0, 1)],
    ['something else', () => writeFile(path, 'no database at all\n'.repeat(1_000))],
  ])('is not opened when it is %s, and stays as it is', async (_, damage) => {
    await damage();
    const before = await readFile(path);
    await expect(open()).rejects.toMatchObject(damaged);
    expect(await readFile(path)).toEqual(before);
  });

  it('takes no write from the moment it is noticed, while what can be read is read', async () => {
    const half = await middle();
    await overwrite(half, (await pages()) - 1);
    await using store = await open();
    await store.check();
    await expect(readAll(store)).rejects.toMatchObject(damaged);
    await expect(store.events.append(source('web2'), events(1, 1), noonUs)).rejects.toMatchObject(damaged);
    await expect(store.hosts.arrive(arrival('web2'), noonUs)).rejects.toMatchObject(damaged);
    await expect(store.check()).rejects.toMatchObject(damaged);
    expect(await store.hosts.list()).toMatchObject([{ name: 'web1' }]);
    expect(await store.events.after(0n, everything, 10)).toHaveLength(10);
    expect(await store.events.ackedSeq('id-of-web2', 'epoch-1')).toBe(0n);
  });
});
