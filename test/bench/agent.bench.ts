/**
 * What one agent costs and how fast it is, side by side with supervisord (A B A B) where that is installed:
 *   npm run bench:agent [-- boot restart logs lines idle]
 * Prints figures and never fails on a time.
 */
import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pssBytes, rssBytes, voluntarySwitches } from '../support/proc.ts';
import { root } from '../tidy/source-tree.ts';
import { type Figure, print, printFigure, printMachine, printRatio, quantile } from './report.ts';
import { Daemon, msSince, ours, type Subject, subjects } from './subject.ts';

const MiB = 2 ** 20;
const sleepers = (count: number) =>
  Array.from({ length: count }, (_, i) => `[program:p${i}]\ncommand=sleep 100000\nstartsecs=0\n`).join('\n');

/** One measurement of one subject: named figures. */
type Measure = (
  subject: Subject,
) => Promise<Readonly<Record<string, { readonly unit: string; readonly value: number }>>>;

async function boot(subject: Subject) {
  const figures: Record<string, { unit: string; value: number }> = {};
  for (const count of [50, 200]) {
    const begun = process.hrtime.bigint();
    await using daemon = new Daemon(subject, sleepers(count));
    await daemon.untilChildren(count);
    figures[`boot of ${count} programs`] = { unit: 'ms', value: msSince(begun) };
    figures[`daemon CPU per program, ${count}`] = { unit: 'ms', value: (daemon.cpuSeconds() * 1000) / count };
  }
  return figures;
}

async function restart(subject: Subject) {
  await using daemon = new Daemon(subject, sleepers(1).replace('startsecs=0', 'startsecs=0\nautorestart=true'));
  await daemon.untilChildren(1);
  await wait(1500);
  const latencies: number[] = [];
  for (let i = 0; i < 15; i++) {
    const old = daemon.children()[0] ?? 0;
    const begun = process.hrtime.bigint();
    process.kill(old, 'SIGKILL');
    // Never by asking the daemon: every question would wake it.
    while (!daemon.children().some((pid) => pid !== old)) if (msSince(begun) > 50) await wait(1);
    latencies.push(msSince(begun));
    await wait(100 + i * 37);
  }
  return {
    'kill -9 until the successor runs, median': { unit: 'ms', value: quantile(latencies, 0.5) },
    'kill -9 until the successor runs, worst of 15': { unit: 'ms', value: Math.max(...latencies) },
  };
}

async function logs(subject: Subject) {
  const sizeMiB = 200;
  const programs = `[program:cat]\ncommand=cat %FOLDER%/big\nautostart=true\nautorestart=false\nstartsecs=0\nstdout_logfile=%FOLDER%/out.log\nstdout_logfile_maxbytes=50MB\nstdout_logfile_backups=10\n`;
  await using daemon = new Daemon(
    { ...subject, command: (conf, folder) => subject.command(withBigFile(conf, folder, sizeMiB), folder) },
    programs,
  );
  const begun = process.hrtime.bigint();
  while (loggedBytes(daemon.folder) < sizeMiB * MiB && msSince(begun) < 60_000) await wait(2);
  const ms = msSince(begun);
  return {
    'log of 200 MiB by cat, rotating at 50 MB': { unit: 'MiB/s', value: sizeMiB / (ms / 1000) },
    '… daemon CPU': { unit: 'ms/MiB', value: (daemon.cpuSeconds() * 1000) / sizeMiB },
    '… bytes lost': { unit: 'B', value: sizeMiB * MiB - loggedBytes(daemon.folder) },
  };
}

function withBigFile(conf: string, folder: string, sizeMiB: number): string {
  const file = openSync(join(folder, 'big'), 'w');
  const block = Buffer.alloc(MiB, 'the quick brown fox jumps over the lazy dog\n');
  for (let i = 0; i < sizeMiB; i++) writeSync(file, block);
  closeSync(file);
  return conf;
}

function loggedBytes(folder: string): number {
  return readdirSync(folder)
    .filter((name) => name.startsWith('out.log'))
    .reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

async function lines(subject: Subject) {
  const writer = `${process.execPath} ${join(root, 'test/programs/lines.mjs')}`;
  const count = 50_000;
  const programs = `[program:lines]\ncommand=${writer} ${count} 10000\nautorestart=false\nstartsecs=0\nstdout_logfile=%FOLDER%/out.log\n`;
  await using daemon = new Daemon(subject, programs);
  while (loggedBytes(daemon.folder) === 0) await wait(1);
  const cpu = daemon.cpuSeconds();
  const wakeups = voluntarySwitches(daemon.pid);
  const begun = process.hrtime.bigint();
  while (loggedBytes(daemon.folder) < count * 100 && msSince(begun) < 60_000) await wait(20);
  return {
    '10,000 lines/s: CPU per 1000 lines': { unit: 'ms', value: ((daemon.cpuSeconds() - cpu) * 1000) / (count / 1000) },
    '… wakeups per second': { unit: '/s', value: (voluntarySwitches(daemon.pid) - wakeups) / (msSince(begun) / 1000) },
  };
}

async function idle(subject: Subject) {
  await using daemon = new Daemon(subject, sleepers(200));
  await daemon.untilChildren(200);
  await wait(6000);
  const cpu = daemon.cpuSeconds();
  const wakeups = voluntarySwitches(daemon.pid);
  const begun = process.hrtime.bigint();
  await wait(10_000);
  const seconds = msSince(begun) / 1000;
  return {
    'idle with 200 programs: CPU per 30 s': { unit: 's', value: ((daemon.cpuSeconds() - cpu) / seconds) * 30 },
    '… wakeups per second': { unit: '/s', value: (voluntarySwitches(daemon.pid) - wakeups) / seconds },
    '… RSS': { unit: 'MiB', value: rssBytes(daemon.pid) / MiB },
    '… PSS': { unit: 'MiB', value: pssBytes(daemon.pid) / MiB },
  };
}

const scenarios: Readonly<Record<string, { readonly measure: Measure; readonly rounds: number }>> = {
  boot: { measure: boot, rounds: 3 },
  restart: { measure: restart, rounds: 2 },
  logs: { measure: logs, rounds: 3 },
  lines: { measure: lines, rounds: 2 },
  idle: { measure: idle, rounds: 1 },
};

async function run(name: string): Promise<void> {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario '${name}'; there are ${Object.keys(scenarios).join(', ')}`);
  const found = new Map<string, Map<string, Figure>>();
  for (let round = 0; round < scenario.rounds; round++) {
    for (const subject of subjects()) {
      const figures = found.get(subject.name) ?? new Map<string, Figure>();
      found.set(subject.name, figures);
      for (const [what, { unit, value }] of Object.entries(await scenario.measure(subject))) {
        figures.set(what, { what, unit, values: [...(figures.get(what)?.values ?? []), value] });
      }
    }
  }
  for (const [subject, figures] of found) for (const figure of figures.values()) printFigure(subject, figure);
  for (const [what, figure] of found.get(ours.name) ?? []) {
    const peer = found.get('supervisord')?.get(what);
    if (peer !== undefined) printRatio(figure, peer);
  }
  print('');
}

printMachine();
if (subjects().length === 1)
  print('supervisord is not installed: nothing to compare with (apt-get install supervisor)');
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(scenarios)) await run(name);
