import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@fleetvisor/primitives';
import { afterAll, describe, expect, it } from 'vitest';
import { createAutoLog, isAutoLogOf, removeAutoLogs } from './auto-name.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-auto-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('isAutoLogOf', () => {
  it.each([
    ['a-stdout---supervisor-abcdefgh.log', true],
    ['a-stdout---supervisor-abcdefgh.log.10', true],
    ['a b-stderr---supervisor-abc_def0.log', true],
    ['a-stdout---other-abcdefgh.log', false],
    ['a-stdout---supervisor-abcdefgh.log.1.gz', true],
    ['a-stdout---supervisor-abcdefgh.txt', false],
    ['---supervisor-abcdefgh.log', false],
    ['keep.log', false],
  ])('%s: %s', (name, expected) => {
    expect(isAutoLogOf(name, 'supervisor')).toBe(expected);
  });

  it('takes an identifier literally', () => {
    expect(isAutoLogOf('a-stdout---aXb-abcdefgh.log', 'a.b')).toBe(false);
  });
});

describe('AUTO logs', () => {
  it('are made for us alone, never twice under one name, and removed by their identifier', () => {
    const place = { folder, identifier: 'mine' };
    const paths = [1, 2].map((seed) => createAutoLog('web_00', 'stdout', place, seededRandom(seed)));
    // The first name of this seed is taken by now.
    paths.push(createAutoLog('web_00', 'stdout', place, seededRandom(1)));
    for (const path of paths) expect(path).toMatch(/\/web_00-stdout---mine-[a-z0-9_]{8}\.log$/);
    expect(new Set(paths).size).toBe(3);
    expect(statSync(paths[0] ?? '').mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, 'keep.log'), '');
    removeAutoLogs(place, () => {});
    expect(readdirSync(folder)).toEqual(['keep.log']);
  });

  describe('that another supervisor may still use', () => {
    const place = { folder, identifier: 'shared' };
    const reports: string[] = [];
    const clean = () => removeAutoLogs(place, (level, text) => reports.push(`${level}: ${text}`));

    /** A process that has the file open. */
    async function holder(path: string, flags: string): Promise<AsyncDisposable> {
      const fd = openSync(path, flags);
      const child = spawn('sleep', ['100'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
      await once(child, 'spawn');
      closeSync(fd);
      return {
        [Symbol.asyncDispose]: async () => {
          child.kill();
          await once(child, 'exit');
        },
      };
    }

    it('stay, all of them, and the report says who writes and what to do', async () => {
      const [one = ''] = [1, 2].map((seed) => createAutoLog('web', 'stdout', place, seededRandom(seed)));
      await using _ = await holder(one, 'a');
      clean();
      expect(readdirSync(folder).filter((name) => name.includes('---shared-'))).toHaveLength(2);
      expect(reports).toEqual([expect.stringMatching(/pid \d+ writes to .*; give each supervisor an identifier/)]);
    });

    it('do not stay for somebody who only reads one', async () => {
      const path = createAutoLog('web', 'stdout', place, seededRandom(3));
      await using _ = await holder(path, 'r');
      clean();
      expect(existsSync(path)).toBe(false);
    });
  });

  it('cannot be made where there is no folder, and then there is nothing to remove', () => {
    const place = { folder: join(folder, 'no'), identifier: 'mine' };
    expect(() => createAutoLog('a', 'stderr', place, seededRandom(1))).toThrow(/ENOENT/);
    removeAutoLogs(place, () => {
      throw new Error('nothing to report');
    });
  });
});
