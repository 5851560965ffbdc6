/**
 * A fleet of 20 agents with 5 programs each on this machine, through the real programs:
 *   npm run bench:fleet [-- AGENTS]
 * Status latency, offer to last ACK, crash to stored, memory. Prints figures and never fails on a time.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TestFleet } from '../support/fleet.ts';
import { childrenOf, commandLine, pssBytes, rssBytes } from '../support/proc.ts';
import { until } from '../support/until.ts';
import { print, printFigure, printMachine } from './report.ts';
import { msSince } from './subject.ts';

const agentCount = Number(process.argv[2] ?? 20);
const rounds = 15;
const conf = Array.from({ length: 5 }, (_, i) => `[program:p${i}]\ncommand=sleep 100000\nstartsecs=0\n`).join('\n');
const names = Array.from({ length: agentCount }, (_, i) => `h${String(i).padStart(3, '0')}`);

/** Runs something `count` times and gives the milliseconds of each. */
async function timed(count: number, run: (round: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < count; round++) {
    const begun = process.hrtime.bigint();
    await run(round);
    times.push(msSince(begun));
  }
  return times;
}

function figure(what: string, unit: string, values: readonly number[]): void {
  printFigure('fleet', { what, unit, values });
}

async function push(fleet: TestFleet, file: string): Promise<void> {
  const done = await fleet.ctl('config', 'push', file, '--all', '-m', 'bench');
  if (done.code !== 0) throw new Error(`push failed (${done.code}): ${done.stdout}${done.stderr}`);
}

async function crashToStored(fleet: TestFleet, round: number): Promise<number> {
  const host = names[round % names.length] ?? '';
  const { pid } = await until('the program runs', async () => {
    const found = (await fleet.processes()).get(`${host}/p0:p0`);
    return found?.state === 'RUNNING' ? found : undefined;
  });
  const before = (await crashes(fleet)).length;
  const begun = process.hrtime.bigint();
  process.kill(pid, 'SIGKILL');
  while ((await crashes(fleet)).length === before) await wait(1);
  return msSince(begun);
}

async function crashes(fleet: TestFleet): Promise<readonly unknown[]> {
  return (await fleet.rest('crashes?limit=1000')).crashes as readonly unknown[]; // the documented shape
}

printMachine();
print(`${agentCount} agents, 5 programs each`);
await using fleet = new TestFleet();
const begun = process.hrtime.bigint();
await fleet.startController();
for (const name of names) fleet.startAgent({ name, group: 'all', conf });
await fleet.allOnline(names);
await until('all programs run', async () => {
  const processes = [...(await fleet.processes()).values()];
  return processes.length === agentCount * 5 && processes.every((process) => process.state === 'RUNNING');
});
figure('agents started until all programs RUNNING', 'ms', [msSince(begun)]);

figure('fleetctl status, the whole command', 'ms', await timed(rounds, () => fleet.ctl('status')));
figure('fleetctl version --client, for comparison', 'ms', await timed(rounds, () => fleet.ctl('version', '--client')));
figure('GET /api/v1/processes of all', 'ms', await timed(rounds, () => fleet.processes()));

const file = join(fleet.folder, 'bench.conf');
const pushed = await timed(5, async (round) => {
  writeFileSync(file, `[program:pushed]\ncommand=sleep ${1000 + round}\nstartsecs=0\n`);
  await push(fleet, file);
});
figure('config push: offer to last APPLIED, with fleetctl', 'ms', pushed);

const latencies: number[] = [];
for (let round = 0; round < rounds; round++) latencies.push(await crashToStored(fleet, round));
figure('kill -9 until the crash is stored and readable', 'ms', latencies);

const engines = names.map((name) => fleet.program(name).pid);
const links = engines.flatMap((pid) =>
  childrenOf(pid).filter((child) => commandLine(child).join(' ').includes('link')),
);
const MiB = 2 ** 20;
figure(
  'engine RSS',
  'MiB',
  engines.map((pid) => rssBytes(pid) / MiB),
);
figure(
  'engine PSS',
  'MiB',
  engines.map((pid) => pssBytes(pid) / MiB),
);
figure(
  'link PSS',
  'MiB',
  links.map((pid) => pssBytes(pid) / MiB),
);
figure('controller RSS', 'MiB', [rssBytes(fleet.program('controller').pid) / MiB]);
