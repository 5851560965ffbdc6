import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type Migration, migrate } from './migrate.ts';
import { migrations } from './migrations/all.ts';

const step = (number: number, readableSince: number): Migration => ({
  ...{ number, readableSince },
  sql: `CREATE TABLE step_${number} (x INTEGER) STRICT`,
});

/** What versions that know so many of these steps make of one database, one after the other. */
function openWith(steps: readonly Migration[], ...known: readonly number[]): string[] {
  using sql = new DatabaseSync(':memory:');
  return known.map((count) => {
    try {
      migrate(sql, 'agent.db', steps.slice(0, count));
      return String(sql.prepare('PRAGMA user_version').get()?.user_version);
    } catch (error) {
      return String(error);
    }
  });
}

const refused = (present: number, since: number, newest: number) =>
  expect.stringContaining(
    `a newer fleet-agent wrote it (schema ${present}, which can be read from ${since} on; this one knows ${newest})`,
  );

describe('a database that a newer agent wrote', () => {
  it('is gone on with by one that its newer steps allow that, and by no other', () => {
    const steps = [step(1, 1), step(2, 1), step(3, 2), step(4, 2)];
    expect(openWith(steps, 4, 3, 2, 1, 4)).toEqual(['4', '4', '4', refused(4, 2, 1), '4']);
  });

  it('is as hard to read as the hardest of its steps', () => {
    const steps = [step(1, 1), step(2, 2), step(3, 1)];
    expect(openWith(steps, 1, 2, 3, 1)).toEqual(['1', '2', '3', refused(3, 2, 1)]);
  });

  it('is brought on from where it is, whoever had it last', () => {
    const steps = [step(1, 1), step(2, 1), step(3, 1)];
    expect(openWith(steps, 2, 1, 3, 1, 2)).toEqual(['2', '2', '3', '3', '3']);
  });

  it('is refused where it says nothing of that', () => {
    using sql = new DatabaseSync(':memory:');
    sql.exec('PRAGMA user_version = 9');
    expect(() => migrate(sql, 'agent.db', [step(1, 1)])).toThrow('run that version, or a newer one');
  });

  it('is made as a whole or not at all', () => {
    using sql = new DatabaseSync(':memory:');
    const broken = { ...step(2, 2), sql: 'CREATE TABLE half (x INTEGER) STRICT; CREATE TABLE step_1 (x INTEGER)' };
    expect(() => migrate(sql, 'agent.db', [step(1, 1), broken])).toThrow('already exists');
    const tables = sql.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    expect(tables.map(({ name }) => name)).toEqual(['schema_readable', 'step_1']);
    expect(openedSince(sql)).toBe(1);
  });
});

const openedSince = (sql: DatabaseSync) => sql.prepare('SELECT since FROM schema_readable').get()?.since;

describe('the migrations', () => {
  it('have their numbers without a gap, and none is readable by what cannot be', () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
    for (const { number, readableSince } of migrations) expect(readableSince).toBeLessThanOrEqual(number);
  });
});
