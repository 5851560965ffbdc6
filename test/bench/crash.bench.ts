/**
 * From kill -9 of a program until its crash is stored centrally and can be read, on an idle fleet of real programs:
 *   npm run bench:crash [-- CRASHES]       (320 by default)
 * Read by `fleetctl events --follow`, which is told of an event once it is on the controller's disk. Prints figures, never
 * fails on a time.
 */
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { TestFleet } from '../support/fleet.ts';
import { isAlive } from '../support/proc.ts';
import { until } from '../support/until.ts';
import { print, printFigure, printMachine, quantile } from './report.ts';
import { msSince } from './subject.ts';

const crashCount = Number(process.argv[2] ?? 320);
const names = ['h1', 'h2', 'h3', 'h4'];
/** Of a process that crashes more than ten times a minute some crashes are only counted. */
const perProgram = 8;
const programs = Math.ceil(crashCount / perProgram / names.length);
const conf = Array.from({ length: programs }, (_, i) => `[program:p${i}]\ncommand=sleep 100000\nstartsecs=0\n`).join(
  '\n',
);

/** As `fleetctl events -o jsonl` has it; of it what is looked at here. */
interface Line {
  readonly body: { readonly kind: string; readonly pid?: number | null };
}

printMachine();
await using fleet = new TestFleet();
await fleet.startController();
for (const name of names) fleet.startAgent({ name, conf: `${conf}\n` });
await fleet.allOnline(names);
const running = await until('all programs run', async () => {
  const found = [...(await fleet.processes()).values()].filter(({ state }) => state === 'RUNNING');
  return found.length === names.length * programs && found;
});
print(`${names.length} agents with ${programs} programs each, ${crashCount} crashes, one at a time`);

const seen = new Map<number, () => void>();
const follower = fleet.ctlFollowing('events', '--follow', '--kind', 'crash', '-o', 'jsonl');
createInterface({ input: follower.child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
  const line: Line = JSON.parse(text);
  if (line.body.kind === 'crash') seen.get(line.body.pid ?? 0)?.();
});

const latencies: number[] = [];
const pids = running.map(({ host, group, name, pid }) => ({ process: `${host}/${group}:${name}`, pid }));
for (let i = 0; latencies.length < crashCount; i++) {
  const victim = pids[i % pids.length];
  if (victim === undefined) throw new Error('no program runs');
  const { promise, resolve } = Promise.withResolvers<void>();
  seen.set(victim.pid, resolve);
  const begun = process.hrtime.bigint();
  process.kill(victim.pid, 'SIGKILL');
  const late = wait(10_000).then(() => Promise.reject(new Error(`the crash of ${victim.process} did not come`)));
  await Promise.race([promise, late]);
  latencies.push(msSince(begun));
  late.catch(() => undefined);
  seen.delete(victim.pid);
  victim.pid = await fleet.pidOf(victim.process, 'RUNNING', victim.pid);
  if (!isAlive(victim.pid)) throw new Error(`${victim.process} does not run`);
  // Idle again, and at another point of any rhythm that there may be.
  await wait(20 + ((i * 37) % 100));
}
const figure = (what: string, values: readonly number[]) => printFigure('fleet', { what, unit: 'ms', values });
figure('kill -9 until the crash can be read', latencies);
for (const q of [0.5, 0.9, 0.99]) figure(`… p${q * 100}`, [quantile(latencies, q)]);
