/**
 * `npm run soak -- [--minutes N] [--hosts N]`: a fleet under a steady load for ten minutes, and whether anything grows.
 * Prints a table and writes a picture; no figure makes it fail, a lost event does.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { print, printMachine } from '../bench/report.ts';
import { commandFaults } from '../faults/command-record.ts';
import { FaultyFleet } from '../faults/faulty-fleet.ts';
import { root } from '../tidy/source-tree.ts';
import { chatty, load } from './load.ts';
import { type Series, sparkline, svgOf } from './plot.ts';
import { Samples } from './samples.ts';
import { trendOf } from './trend.ts';

const samplesMin = 40;
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, hosts: { type: 'string', default: '3' } },
});
const [minutes, hosts] = [Number(values.minutes), Number(values.hosts)];
if (!(minutes > 0 && hosts > 0)) throw new Error('--minutes and --hosts take numbers above 0');

printMachine();
print(`a controller and ${hosts} agents with 10 programs that end every few seconds, for ${minutes} minutes`);
await using faulty = await FaultyFleet.start({ hosts, programsPerHost: 10, conf: chatty });
const over = AbortSignal.timeout(minutes * 60_000);
const loading = load(faulty, over);
const samples = new Samples(faulty);
const periodMs = Math.min(5_000, (minutes * 60_000) / samplesMin);
while (!over.aborted) await Promise.all([samples.take(), wait(periodMs)]);
const count = await loading;
await faulty.rest();
const faults = [...(await faulty.lastingFaults()), ...(await commandFaults(faulty.fleet))];

print(
  `${'what'.padEnd(36)} ${'1st half'.padStart(9)} ${'2nd half'.padStart(9)} ${'highest'.padStart(9)} ${'per hour'.padStart(9)}`,
);
for (const series of samples.all) print(lineOf(series));
print(
  `${faulty.runCount} runs, ${count.commands} commands, ${count.statusCalls} status calls, ${count.pushes} pushes, ` +
    `${(count.logBytes / 2 ** 20).toFixed(1)} MiB of a log followed`,
);
const growing = samples.all.filter(({ name, samples: taken }) => name.endsWith('PSS') && !trendOf(taken).isFlat);
print(growing.length === 0 ? 'memory is flat' : `memory grows: ${growing.map(({ name }) => name).join(', ')}`);

const picture = join(root, 'dist.soak', 'soak.svg');
mkdirSync(join(root, 'dist.soak'), { recursive: true });
writeFileSync(picture, svgOf(`${minutes} minutes, ${hosts} agents`, samples.all));
print(`picture: ${picture}`);
print(faults.length === 0 ? 'no event was lost' : `${faults.length} faults`);
for (const fault of faults.slice(0, 50)) print(`  ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;

function lineOf(series: Series): string {
  const { before, after, highest, perHour, isFlat } = trendOf(series.samples);
  const [a, b, c] = [before, after, highest].map((value) => value.toFixed(1).padStart(9));
  // What is kept of the history is meant to grow.
  const verdict = series.name.endsWith('.db') ? 'history' : isFlat ? 'flat' : 'GROWS';
  const rise = `${perHour >= 0 ? '+' : ''}${perHour.toFixed(1)}`.padStart(9);
  return `${series.name.padEnd(36)} ${a} ${b} ${c} ${rise} ${series.unit.padEnd(4)} ${verdict.padEnd(7)} ${sparkline(series, 40)}`;
}
