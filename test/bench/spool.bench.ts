/**
 * An agent's spool with millions of events that pass through it, one in twenty of them a crash:
 *   npm run bench:spool [-- EVENTS]       (5 million by default)
 * How many a second, how large its files are meanwhile, how often the disk is synced. Prints figures, never fails on a time.
 */
import fs, { mkdtempSync, rmSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@fleetvisor/primitives';
import { EventBody } from '@fleetvisor/protocol/common';
import { print, printFigure, printMachine } from './report.ts';

const total = Number(process.argv[2] ?? 5_000_000);
/** As a link asks, and as much as it may have on the way. */
const batchMax = 500;
const inFlightMax = 2_000;
const samples = 20;

let syncs = 0;
const { fdatasync } = fs;
fs.fdatasync = ((file: number, done: fs.NoParamCallback) => {
  syncs++;
  fdatasync(file, done);
}) as typeof fs.fdatasync;
syncBuiltinESMExports();
// Only now: the spool takes the function when it is loaded.
const { openAgentDb } = await import('../../packages/agent/src/state/agent-db.ts');
const { Spool } = await import('../../packages/agent/src/state/spool.ts');

const process_ = { group: 'api', name: 'api_00' };
const change = EventBody.fromPartial({
  kind: { $case: 'transition', value: { process: process_, run: 7n, pid: 4711 } },
});
const crash = EventBody.fromPartial({
  kind: { $case: 'crash', value: { process: process_, run: 7n, pid: 4711, lastOutput: Buffer.alloc(400, 'x') } },
});

const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
try {
  printMachine();
  print(`${total} events through one spool`);
  const db = openAgentDb(folder);
  const spool = new Spool(db, {
    clock: systemClock,
    random: systemRandom,
    onTrouble: (error) => {
      throw error;
    },
  });
  const never = new AbortController().signal;
  const mib = (name: string) => statSync(join(folder, name)).size / 2 ** 20;
  const rates: number[] = [];
  const files: number[] = [];
  let [seen, batches, appended] = [0n, 0, 0];
  let begun = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  for (let sample = 1; sample <= samples; sample++) {
    const upTo = Math.round((total * sample) / samples);
    const from = appended;
    while (seen < upTo) {
      // As a host does that has fallen behind by what may be on the way.
      while (appended < upTo && appended - Number(seen) < inFlightMax)
        spool.append(++appended % 20 === 0 ? crash : change);
      const { epoch, events } = await spool.eventsAfter({ afterSeq: seen, countMax: batchMax }, never);
      seen = events.at(-1)?.seq ?? seen;
      batches++;
      spool.acked(epoch, seen);
    }
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    rates.push((appended - from) / seconds);
    files.push(mib('agent.db') + mib('agent.db-wal'));
    print(
      `  after ${appended}: ${Math.round(rates.at(-1) ?? 0)} /s, agent.db ${mib('agent.db').toFixed(1)} MiB, ` +
        `its log ${mib('agent.db-wal').toFixed(1)} MiB, RSS ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`,
    );
    begun = process.hrtime.bigint();
  }
  const { user, system } = process.cpuUsage(cpu);
  printFigure('spool', { what: 'events appended, durable, acknowledged', unit: '/s', values: rates });
  printFigure('spool', { what: 'CPU per event', unit: 'us', values: [(user + system) / appended] });
  printFigure('spool', { what: 'agent.db and its log, second half', unit: 'MiB', values: files.slice(samples / 2) });
  printFigure('spool', { what: 'events in a batch', unit: '', values: [appended / batches] });
  printFigure('spool', { what: 'syncs of the log per batch', unit: '', values: [syncs / batches] });
  await spool[Symbol.asyncDispose]();
  await db[Symbol.asyncDispose]();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
