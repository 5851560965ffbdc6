import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { readProcStat } from './proc-stat.ts';

const program = fileURLToPath(new URL('./fixtures/become-daemon.ts', import.meta.url));

/** Runs the command as a shell would, and waits until it gives the shell back. */
function start(how: string, folder = tempFolder()) {
  const env = { ...process.env, FLEET_NOFILE_SOFT: '512' };
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--no-opt', program, how, folder], {
    ...{ env, encoding: 'utf8', timeout: 20_000, cwd: folder },
  });
  return { status, stderr, stdout };
}

function facts(folder: string) {
  return JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8'));
}

/** Ends the daemon and waits for it. */
async function end([daemon]: readonly number[]): Promise<void> {
  if (daemon === undefined) throw new Error('there is no daemon');
  process.kill(daemon, 'SIGTERM');
  // Whoever adopted it reaps it in its own time.
  await vi.waitFor(() => expect(readProcStat(daemon)?.state ?? 'Z').toBe('Z'));
}

describe('a daemon', () => {
  it('gives the shell back when it stands, and has nothing of it any more', async () => {
    const folder = tempFolder();
    expect(start('ready', folder)).toEqual({ status: 0, stderr: '', stdout: '' });
    const { pids, ...rest } = facts(folder);
    expect(rest).toEqual({
      lines: ['info daemonizing the supervisord process', "info set current directory: '/usr'"],
      cwd: '/usr',
      leadsSession: true,
      streams: ['/dev/null', '/dev/null', '/dev/null'],
      ofProgram: [],
      environment: ['FLEET_NOFILE_SOFT'],
    });
    expect(statSync(join(folder, 'facts.json')).mode & 0o777).toBe(0o640);
    expect(readFileSync(`/proc/${pids[0]}/cmdline`, 'utf8')).toContain('--no-opt\0');
    await end(pids);
  });

  it('stays where it is when it cannot go where it should', async () => {
    const folder = tempFolder();
    expect(start('lost', folder).status).toBe(0);
    const { pids, cwd, lines } = facts(folder);
    expect(cwd).toBe(folder);
    expect(lines[1]).toMatch(/^critical can't chdir into '\/no\/such': ENOENT/);
    await end(pids);
  });

  it('that fails is an error of the command', () => {
    expect(start('failed')).toEqual({ status: 2, stderr: 'Error: no socket to be had\n', stdout: '' });
  });

  it('that ends without a word is an error, too', () => {
    const stderr = 'Error: the daemon ended with exit code 5 while it was starting; started with -n it says more\n';
    expect(start('silent')).toEqual({ status: 5, stderr, stdout: '' });
  });
});
