/** A steady load on a fleet: commands, status calls, pushes, a log that is followed. What crashes does so by itself. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Random, seededRandom } from '@fleetvisor/primitives';
import type { FaultyFleet } from '../faults/faulty-fleet.ts';

/** A program that writes a line now and then, for those who follow its log. */
export const chatty = `
[program:chatty]
command=sh -c 'while :; do echo "$(date +%%s.%%N) a line of a log, as long as lines of logs are"; sleep 0.02; done'
stdout_logfile_maxbytes=256KB
stdout_logfile_backups=1
`;

export interface LoadCount {
  commands: number;
  statusCalls: number;
  pushes: number;
  logBytes: number;
}

/** Runs until aborted, and what is under way to its end. */
export async function load(faulty: FaultyFleet, over: AbortSignal): Promise<LoadCount> {
  const { fleet, names, programs } = faulty;
  const count: LoadCount = { commands: 0, statusCalls: 0, pushes: 0, logBytes: 0 };
  const random = seededRandom(1);
  const tail = fleet.ctlFollowing('tail', '-f', 'chatty', '--host', names[0] ?? '');
  await Promise.all([
    every(1_500, over, async () => {
      await fleet.ctl('restart', pick(random, programs), '--host', pick(random, names), '--timeout', '5s');
      count.commands++;
    }),
    every(500, over, async () => {
      await Promise.all([fleet.rest('processes?limit=1000'), fleet.rest('events?limit=100')]);
      count.statusCalls++;
    }),
    every(5_000, over, async () => void (await fleet.ctl('status'))),
    every(20_000, over, async () => {
      const file = join(fleet.folder, 'pushed.conf');
      writeFileSync(file, `[program:pushed]\ncommand=sleep ${100_000 + (count.pushes % 2)}\nstartsecs=0\n`);
      await fleet.ctl('config', 'push', file, '--all', '-m', `push ${count.pushes}`);
      count.pushes++;
    }),
  ]);
  tail.kill('SIGINT');
  count.logBytes = (await tail.ended).stdout.length;
  return count;
}

/** One after the other, not more often than that. */
async function every(periodMs: number, over: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!over.aborted) await Promise.all([act(), wait(periodMs)]);
}

function pick<T>(random: Random, among: readonly T[]): T {
  return among[Math.floor(random.next() * among.length)] as T; // there is always one
}
