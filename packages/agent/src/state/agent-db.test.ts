import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { FleetError, seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openAgentDb } from './agent-db.ts';
import { makeDataFolderFor } from './data-folder.ts';
import { tempFolder } from './fixtures/temp-folder.ts';
import { hostIdOf } from './identity.ts';

const holdFolder = fileURLToPath(new URL('./fixtures/hold-folder.ts', import.meta.url));

function errorOf(run: () => unknown): FleetError {
  try {
    run();
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('opening agent.db', () => {
  it('makes the folder and a database that only its user can read', async () => {
    const folder = join(tempFolder(), 'deep', 'data');
    await using db = openAgentDb(folder);
    expect(statSync(join(db.folder, 'agent.db')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('keeps the host id, and gives every folder its own', async () => {
    const [clock, random, folder] = [new VirtualClock(), seededRandom(1), tempFolder()];
    const open = async (path: string) => {
      await using db = openAgentDb(path);
      return hostIdOf(db, clock, random);
    };
    const first = await open(folder);
    expect(await open(folder)).toBe(first);
    expect(await open(tempFolder())).not.toBe(first);
  });

  it('has the host id on the disk before anybody hears of it: a loss of power makes no other host of it', async () => {
    const [clock, random, folder, survived] = [new VirtualClock(), seededRandom(1), tempFolder(), tempFolder()];
    await using db = openAgentDb(folder);
    const told = hostIdOf(db, clock, random);
    // The write-ahead log is not synced by a commit: without power it may be gone.
    copyFileSync(join(folder, 'agent.db'), join(survived, 'agent.db'));
    await using next = openAgentDb(survived);
    expect(hostIdOf(next, clock, random)).toBe(told);
  });

  it('says which folder cannot be written, why, and what to do', () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    const error = errorOf(() => openAgentDb(join(file, 'data')));
    expect(error.code).toBe('unavailable');
    expect(error.message).toContain(join(file, 'data'));
    expect(error.message).toMatch(/a part of the path is a file.*--data-dir/);
  });

  it('says so too where the system makes no folders', () => {
    const error = errorOf(() => openAgentDb('/proc/fleet-agent-test/data'));
    expect(error.message).toContain('/proc/fleet-agent-test/data: it cannot be made there (ENOENT)');
  });

  it('makes the folder for the user whom it is about to become, and for that one alone', () => {
    const folder = join(tempFolder(), 'above', 'data');
    const isRoot = process.getuid?.() === 0;
    const owner = isRoot ? { uid: 65534, gid: 65534 } : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    makeDataFolderFor(folder, owner);
    expect(statSync(folder)).toMatchObject(owner);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('refuses a second agent on the folder, naming folder and holder', async () => {
    const folder = tempFolder();
    await using _held = openAgentDb(folder);
    const error = errorOf(() => openAgentDb(folder));
    expect(error.code).toBe('conflict');
    expect(error.facts).toEqual({ folder, pid: process.pid });
    expect(error.message).toContain(`pid ${process.pid}`);
  });

  it('lets go of the folder when it is closed', async () => {
    const folder = tempFolder();
    await openAgentDb(folder)[Symbol.asyncDispose]();
    await openAgentDb(folder)[Symbol.asyncDispose]();
  });

  it('is not held up by an agent that was killed', async () => {
    const folder = tempFolder();
    const holder = spawn(process.execPath, [holdFolder, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    expect(errorOf(() => openAgentDb(folder)).facts).toEqual({ folder, pid: holder.pid });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await using db = openAgentDb(folder);
    expect(db.isOpen).toBe(true);
  });

  it('refuses a database of a newer agent, and leaves it as it is', async () => {
    const folder = tempFolder();
    await openAgentDb(folder)[Symbol.asyncDispose]();
    const sql = new DatabaseSync(join(folder, 'agent.db'));
    sql.exec('PRAGMA user_version = 99');
    sql.close();
    expect(errorOf(() => openAgentDb(folder)).message).toContain('a newer fleet-agent wrote it (schema 99');
  });

  it('tells a damaged file from a missing one', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'agent.db'), 'this is no database, however long the text may be'.repeat(100));
    const error = errorOf(() => openAgentDb(folder));
    expect(error.code).toBe('internal');
    expect(error.message).toContain('move it away');
  });
});

describe('a transaction', () => {
  it('leaves nothing behind when it throws', async () => {
    await using db = openAgentDb(tempFolder());
    expect(() =>
      db.transaction(() => {
        db.sql.exec("INSERT INTO fleet VALUES (1, 'f', 'i')");
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(db.sql.prepare('SELECT count(*) AS n FROM fleet').get()?.n).toBe(0);
  });

  it('keeps the log short by copying it back', async () => {
    await using db = openAgentDb(tempFolder());
    const insert = db.sql.prepare('INSERT INTO commands (command_id, at_us, result) VALUES (?, 0, ?)');
    const big = 'x'.repeat(4000);
    for (let i = 0; i < 4000; i++) {
      db.transaction(() => insert.run(String(i), big));
      if (i % 200 === 0) await db.synced();
    }
    expect(statSync(join(db.folder, 'agent.db-wal')).size).toBeLessThan(12 * 2 ** 20);
  });
});
