/** `npm start` as its users meet it, beyond the first minute: its folder, a second start, a start that was killed. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childrenOf, isAlive } from '../support/proc.ts';
import { type Ended, launch, type Running, runToEnd } from '../support/program.ts';
import { until } from '../support/until.ts';
import { root } from '../tidy/source-tree.ts';

let folder: string;
const started: Running[] = [];

/** What `npm start` comes to once everything is installed. */
const start = (...args: readonly string[]) => {
  const running = launch(process.execPath, [join(root, 'deploy/local/start.ts'), ...args], { cwd: root });
  started.push(running);
  return running;
};
const startToEnd = (...args: readonly string[]): Promise<Ended> => {
  return runToEnd(process.execPath, [join(root, 'deploy/local/start.ts'), ...args], { cwd: root });
};
const isUp = (fleet: Running) =>
  until('the fleet is up', () => {
    if (fleet.child.exitCode !== null) throw new Error(fleet.stdout() + fleet.stderr());
    return fleet.stdout().includes('Ctrl-C here ends everything');
  });
/** The controller, the agents, and the agents' programs. */
const family = (pid: number) => childrenOf(pid).flatMap((child) => [child, ...childrenOf(child)]);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-fleet-'));
});

afterEach(async () => {
  for (const running of started.splice(0)) {
    running.kill('SIGTERM');
    await running.ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  it('refuses a folder that holds something else, and never empties one', async () => {
    writeFileSync(join(folder, 'precious'), 'x');
    for (const args of [[], ['--reset']]) {
      const ended = await startToEnd('--data', folder, ...args);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain(`${folder} holds something else`);
    }
    expect(readdirSync(folder)).toEqual(['precious']);
  });

  it('runs once from a folder, ends what it started, keeps its data, and empties it when told to', async () => {
    const data = join(folder, 'data');
    const fleet = start('--data', data);
    await isUp(fleet);
    const second = await startToEnd('--data', data, '--reset');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`a fleet already runs from ${data} (pid ${fleet.pid})`);
    const pids = family(fleet.pid);
    expect(pids.filter(isAlive).length).toBeGreaterThan(8);
    fleet.kill('SIGINT');
    expect((await fleet.ended).code).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(data)).toContain('controller');
    mkdirSync(join(data, 'mark'));
    const again = start('--data', data, '--reset');
    await isUp(again);
    expect(readdirSync(data)).not.toContain('mark');
  });

  it('ends what a start that was killed has left, and begins anew', async () => {
    const data = join(folder, 'data');
    const killed = start('--data', data);
    await isUp(killed);
    const pids = family(killed.pid);
    killed.kill('SIGKILL');
    await killed.ended;
    const fleet = start('--data', data);
    await isUp(fleet);
    expect(fleet.stdout()).toContain('ended 4 programs that an earlier start had left behind');
    expect(pids.filter(isAlive)).toEqual([]);
    const context = readFileSync(join(data, 'fleetctl.ini'), 'utf8');
    expect(context).toMatch(/controller=127\.0\.0\.1:\d+/);
  });
});
