import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./fixtures/adopt-orphans.ts', import.meta.url));

const seen = {
  codes: Array.from({ length: 20 }, (_, i) => i),
  sync: 7,
  reaped: 40,
  ends: ['exit status 3', 'terminated by SIGKILL'],
};

const isRoot = process.getuid?.() === 0;
const asFirst = ['--fork', '--pid', '--mount-proc', ...(isRoot ? [] : ['--user', '--map-root-user'])];
const mayUnshare = spawnSync('unshare', [...asFirst, 'true']).status === 0;
if (!mayUnshare) process.stderr.write('SKIPPED: being process number 1 can only be tested where unshare is allowed\n');

describe('the reaper of orphans', () => {
  it('reaps strangers alone, and loses no exit of our own children', () => {
    const output = execFileSync(process.execPath, [program, 'subreaper'], { encoding: 'utf8', timeout: 20_000 });
    expect(JSON.parse(output)).toEqual(seen);
  });

  it.skipIf(!mayUnshare)('does so as process number 1', () => {
    const output = execFileSync('unshare', [...asFirst, process.execPath, program], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(JSON.parse(output)).toEqual(seen);
  });
});
