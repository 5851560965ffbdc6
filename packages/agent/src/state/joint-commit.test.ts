import { describe, expect, it } from 'vitest';
import { openAgentDb } from './agent-db.ts';
import { fillDisk } from './fixtures/full-disk.ts';
import { tempFolder } from './fixtures/temp-folder.ts';
import { JointCommit } from './joint-commit.ts';

/** Writers of a row each, `a` and then `b`, either of which may fail. */
function twoWriters(failing: readonly string[] = []) {
  const db = openAgentDb(tempFolder());
  const commit = new JointCommit(db);
  const told: string[] = [];
  const waiting = new Set<string>();
  for (const name of ['a', 'b']) {
    commit.join({
      begin: () => {
        if (!waiting.delete(name)) return undefined;
        return {
          run: () => {
            if (failing.includes(name)) throw new Error(`no ${name}`);
            db.sql.prepare('INSERT INTO commands (command_id, at_us) VALUES (?, 0)').run(name);
          },
          done: (error) => void told.push(error === undefined ? `${name} written` : `${name}: ${error}`),
        };
      },
    });
  }
  const rows = () =>
    db.sql
      .prepare('SELECT command_id FROM commands ORDER BY 1')
      .all()
      .map((row) => row.command_id);
  return { db, commit, told, rows, wait: (...names: string[]) => names.forEach((name) => void waiting.add(name)) };
}

describe('JointCommit', () => {
  it('writes what waits of all in one transaction', async () => {
    const { db, commit, told, rows, wait } = twoWriters();
    await using _ = db;
    wait('a', 'b');
    let commits = 0;
    const { transaction } = db;
    db.transaction = (work) => {
      commits++;
      return transaction.call(db, work) as ReturnType<typeof work>;
    };
    commit.flush();
    expect([commits, rows(), told]).toEqual([1, ['a', 'b'], ['a written', 'b written']]);
    commit.flush(); // nothing waits
    expect(commits).toBe(1);
  });

  it('lets the trouble of one be no trouble of the other', async () => {
    const { db, commit, told, rows, wait } = twoWriters(['b']);
    await using _ = db;
    wait('a', 'b');
    commit.flush();
    expect([rows(), told]).toEqual([['a'], ['a written', 'b: Error: no b']]);
  });

  it('tells each of a disk that takes nothing', async () => {
    const { db, commit, told, wait } = twoWriters();
    await using _ = db;
    const makeRoom = fillDisk(db);
    wait('a', 'b');
    commit.flush();
    expect(told).toEqual([expect.stringMatching(/^a: .*disk is full/), expect.stringMatching(/^b: .*disk is full/)]);
    makeRoom();
  });
});
