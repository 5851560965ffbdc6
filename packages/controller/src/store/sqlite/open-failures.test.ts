import { copyFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { seededRandom, systemClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { event, everything, noonUs, source } from '../contract/samples.ts';
import { openSqliteStore } from './open-store.ts';
import { shell } from './test-support/shell.ts';
import { temporaryFolder, temporaryStore } from './test-support/temporary-store.ts';

const open = (folder: string, seed = 1) =>
  openSqliteStore({ folder, clock: systemClock, random: seededRandom(seed), gatherMs: 1 });

describe('a folder that cannot be used', () => {
  it('is refused while another controller has it, and free when that one ends', async () => {
    await using folder = await temporaryFolder();
    const first = await open(folder.path);
    await expect(open(folder.path)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('another fleet-controller'),
    });
    await first.check();
    await first[Symbol.asyncDispose]();
    await (await open(folder.path))[Symbol.asyncDispose]();
  });

  it('is named when it cannot be made', async () => {
    await using folder = await temporaryFolder();
    await writeFile(`${folder.path}/file`, '');
    await expect(open(`${folder.path}/file/data`)).rejects.toMatchObject({
      code: 'unavailable',
      facts: { path: `${folder.path}/file/data` },
    });
  });

  it('is named where the kernel lets nobody make it', async () => {
    await expect(open('/proc/foo')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/\/proc\/foo: it cannot be made there \(ENOENT\);.* --data DIR$/),
    });
  });

  it('is named when files cannot be made in it', async () => {
    await expect(open('/proc/self')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('/proc/self'),
    });
  });

  it('is named when the database is damaged, which stays as it is', async () => {
    await using folder = await temporaryFolder();
    await writeFile(`${folder.path}/controller.db`, 'no database at all\n'.repeat(1_000));
    await expect(open(folder.path)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('restore a backup'),
      facts: { sqlite: 'SQLITE_NOTADB' },
    });
    expect(await readdir(folder.path)).toContain('controller.db');
  });
});

describe('trouble while it runs', () => {
  it('is told by check() when another program has the database locked', async () => {
    await using tested = await temporaryStore();
    using other = shell(tested.folder);
    other.db.exec('begin immediate');
    await expect(tested.store.check()).rejects.toMatchObject({ code: 'unavailable', facts: { sqlite: 'SQLITE_BUSY' } });
    other.db.exec('rollback');
    await tested.store.check();
  });

  it('fails an append and not the store when a day cannot be written', async () => {
    await using tested = await temporaryStore();
    const { events } = tested.store;
    await events.append(source('web1'), [event(1)], noonUs);
    using other = shell(tested.folder);
    other.db.exec("create trigger full before insert on events_20240115 begin select raise(abort, 'full'); end");
    await expect(events.append(source('web1'), [event(2)], noonUs)).rejects.toMatchObject({ code: 'conflict' });
    other.db.exec('drop trigger full');
    expect(await events.ackedSeq('id-of-web1', 'epoch-1')).toBe(1n);
    expect(await events.append(source('web1'), [event(2)], noonUs)).toMatchObject({
      ackedSeq: 2n,
      stored: [{ position: 2n }],
    });
  });
});

describe('a restore from backup', () => {
  /** A store with one event, closed; then what `change` does to its folder; then opened again. */
  async function reopened(change: (folder: string) => Promise<void>) {
    await using folder = await temporaryFolder();
    await using before = await open(folder.path);
    await before.events.append(source('web1'), [event(1)], noonUs);
    await before[Symbol.asyncDispose]();
    await change(folder.path);
    await using again = await open(folder.path, 2);
    await again.events.append(source('web1'), [event(2)], noonUs);
    const { fleetId, incarnation } = again;
    const positions = (await again.events.after(0n, everything, 10)).map(({ position }) => position);
    return { sameFleet: fleetId === before.fleetId, sameLife: incarnation === before.incarnation, positions };
  }

  it('is not seen where there was none', async () => {
    const outcome = await reopened(async () => undefined);
    expect(outcome).toEqual({ sameFleet: true, sameLife: true, positions: [1n, 2n] });
  });

  it.each<[string, (folder: string) => Promise<void>]>([
    ['the database alone came to a new folder', (folder) => rm(`${folder}/incarnation-witness`)],
    [
      'an older copy of the database was put back',
      async (folder) => {
        await copyFile(`${folder}/controller.db`, `${folder}/backup`);
        const between = await open(folder);
        await between[Symbol.asyncDispose]();
        await rename(`${folder}/backup`, `${folder}/controller.db`);
      },
    ],
    [
      'the whole folder was copied',
      async (folder) => {
        const witness = `${folder}/incarnation-witness`;
        await copyFile(witness, `${folder}/copy`);
        await rename(`${folder}/copy`, witness);
      },
    ],
    ['the witness was emptied', (folder) => writeFile(`${folder}/incarnation-witness`, '')],
  ])('is a new life of the same fleet when %s', async (_, change) => {
    const outcome = await reopened(change);
    expect(outcome).toEqual({ sameFleet: true, sameLife: false, positions: [1n, 1_000_000_001n] });
  });
});
