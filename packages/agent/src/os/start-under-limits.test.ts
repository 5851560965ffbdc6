/** What is said when the system has nothing left, in processes of their own: the limits of this one are the other tests'. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./fixtures/start-under-limits.ts', import.meta.url));

/** Root is above a limit of processes. */
const notAsRoot = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] : [];

describe('a start', () => {
  it('that finds too few descriptors says so, however far it gets, and keeps none', () => {
    const script = 'ulimit -n 128; exec "$0" "$@"';
    const args = ['-c', script, process.execPath, program, 'descriptors'];
    const outcomes: string[] = JSON.parse(execFileSync('sh', args, { encoding: 'utf8', timeout: 20_000 }));
    expect(outcomes.length).toBeGreaterThan(5);
    expect(outcomes.at(-1)).toBe('started');
    expect(new Set(outcomes.slice(0, -1))).toEqual(new Set(["too many open files to spawn 'prog'"]));
  });

  it('that finds too few processes says so', async () => {
    const [file = '', ...args] = [...notAsRoot, process.execPath, program, 'processes'];
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' });
    try {
      await once(child.stdout, 'readable');
      expect(String(child.stdout.read())).toBe('ready\n');
      const [tool = '', ...limit] = [...notAsRoot, 'prlimit', '--pid', String(child.pid), '--nproc=1:1'];
      execFileSync(tool, limit);
      child.stdin.end('go\n');
      expect(await text(child.stdout)).toBe("Too many processes in process table to spawn 'prog'\n");
    } finally {
      child.kill('SIGKILL');
    }
  });
});
