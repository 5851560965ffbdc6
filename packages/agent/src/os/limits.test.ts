import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseLimits, planLimit } from './limits.ts';

describe('planLimit', () => {
  it.each([
    ['is left alone when it is enough', { soft: 2048, hard: 4096 }, 1024, { soft: 2048, hard: 4096 }],
    ['is raised to exactly the minimum', { soft: 256, hard: 4096 }, 1024, { soft: 1024, hard: 4096 }],
    ['takes the hard limit with it', { soft: 256, hard: 512 }, 1024, { soft: 1024, hard: 1024 }],
    ['is unlimited', { soft: Infinity, hard: Infinity }, 1024, { soft: Infinity, hard: Infinity }],
  ])('%s', (_, present, minimum, expected) => {
    expect(planLimit(present, minimum)).toEqual(expected);
  });
});

describe('parseLimits', () => {
  it('reads the two rows', () => {
    const text =
      'Limit                     Soft Limit           Hard Limit           Units     \n' +
      'Max processes             unlimited            unlimited            processes \n' +
      'Max open files            1024                 524288               files     \n';
    expect(parseLimits(text)).toEqual({
      processes: { soft: Infinity, hard: Infinity },
      openFiles: { soft: 1024, hard: 524288 },
    });
  });
});

/** Runs in a Node of its own: the limits of this one are the other tests'. */
function limitOfChild(minfds: number, before: string): string {
  const limits = fileURLToPath(new URL('./limits.ts', import.meta.url));
  const script = `
    const { applyLimits } = await import(${JSON.stringify(limits)});
    const { execFileSync } = await import('node:child_process');
    const wishes = { minfds: ${minfds}, minprocs: 1, openFilesBeforeNode: ${JSON.stringify(before)} };
    try { console.log(applyLimits(wishes).join()); } catch (error) { console.log(error.code + ' ' + error.message); }
    console.log(execFileSync('/bin/sh', ['-c', 'ulimit -Sn']).toString().trim());`;
  const shell = 'ulimit -n 4096; exec "$0" --input-type=module -e "$1"';
  return execFileSync('/bin/sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' });
}

describe('applyLimits', () => {
  it('gives children the soft limit from before Node, not the one that Node made', () => {
    expect(limitOfChild(256, '512')).toBe('\n512\n');
  });

  it('raises it to minfds and says so', () => {
    expect(limitOfChild(2000, '512')).toBe('Increased RLIMIT_NOFILE limit to 2000\n2000\n');
  });

  it('says what is wrong when it may not be raised', () => {
    const [complaint] = limitOfChild(2 ** 40, '512').split('\n');
    expect(complaint).toMatch(
      /^invalid The minimum number of file descriptors required is 1099511627776 \(minfds in \[supervisord\]\), but the hard limit of this process is \d+/,
    );
  });
});
