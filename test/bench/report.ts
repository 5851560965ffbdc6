/** How benches say what they found: machine, commit, n, median and spread. They never judge. */
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

export interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly values: readonly number[];
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param q 0..1, between the two nearest values */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function printMachine(): void {
  const cpu = cpus()[0]?.model ?? 'unknown';
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  print(`machine: ${cpus().length} x ${cpu}, ${memory}, Linux ${release()}, Node ${process.version}; commit ${commit}`);
}

export function printFigure(subject: string, { what, unit, values }: Figure): void {
  const spread = `${shown(Math.min(...values))}..${shown(Math.max(...values))}`;
  print(
    `${subject.padEnd(12)} ${what.padEnd(44)} ${shown(median(values)).padStart(9)} ${unit.padEnd(8)} (${spread}, n=${values.length})`,
  );
}

/** Ours against theirs, of the medians. */
export function printRatio(ours: Figure, theirs: Figure): void {
  print(
    `${'ratio'.padEnd(12)} ${ours.what.padEnd(44)} ${shown(median(ours.values) / median(theirs.values)).padStart(9)} x`,
  );
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
