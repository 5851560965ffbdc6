/**
 * How fast the controller's store takes events for good (synchronous=FULL), and how fast it finds them again:
 *   node test/bench/store-append.bench.ts [events, default 500000] [hosts, default 1000]     (Node 24: the pinned one)
 * Prints figures and never fails on a time.
 */

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock, systemRandom } from '@fleetvisor/primitives';
import type { NewEvent } from '../../packages/controller/src/store/events.ts';
import { openSqliteStore } from '../../packages/controller/src/store/sqlite/open-store.ts';
import type { Store } from '../../packages/controller/src/store/store.ts';
import { type Figure, print, printFigure, printMachine, quantile } from './report.ts';

const rounds = 5;
const eventsPerAppend = 10;
const bodyBytes = 100;
const [total = 500_000, hosts = 1_000] = process.argv.slice(2).map(Number);

const msSince = (begun: bigint) => Number(process.hrtime.bigint() - begun) / 1e6;
const body = new Uint8Array(bodyBytes);
const seqs = new Array<bigint>(hosts).fill(0n);
const figures = new Map<string, { unit: string; values: number[] }>();

function note(what: string, unit: string, value: number): void {
  const known = figures.get(what) ?? { unit, values: [] };
  known.values.push(value);
  figures.set(what, known);
}

/** One in twenty is a crash, as in a bad week. */
function nextEvents(host: number): NewEvent[] {
  return Array.from({ length: eventsPerAppend }, () => {
    const seq = (seqs[host] ?? 0n) + 1n;
    seqs[host] = seq;
    const kind = seq % 20n === 0n ? 'crash' : 'transition';
    return { seq, atUs: 0n, kind, group: 'api', process: 'api_00', body };
  });
}

/** Every host appends, waits for the acknowledgement, and appends again; at most `perSecond` events, if given. */
async function appendRound(store: Store, events: number, perSecond?: number): Promise<number[]> {
  const latencies: number[] = [];
  const begun = process.hrtime.bigint();
  let left = events;
  const host = async (n: number) => {
    while (left > 0) {
      left -= eventsPerAppend;
      if (perSecond !== undefined) {
        const dueMs = ((events - left) / perSecond) * 1000;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - msSince(begun))));
      }
      const sent = process.hrtime.bigint();
      const source = { hostId: `host-${n}`, host: `web${n}`, epoch: 'epoch' };
      await store.events.append(source, nextEvents(n), systemClock.wallTimeUs());
      latencies.push(msSince(sent));
    }
  };
  await Promise.all(Array.from({ length: hosts }, (_, n) => host(n)));
  return latencies;
}

async function flatOut(store: Store): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const begun = process.hrtime.bigint();
  const events = Math.ceil(total / rounds);
  const latencies = await appendRound(store, events);
  const ms = msSince(begun);
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  note('flat out: durable events', '/s', (events / ms) * 1000);
  note('flat out: CPU of both threads per event', 'us', (user + system) / events);
  note('flat out: acknowledged after, median', 'ms', quantile(latencies, 0.5));
  note('flat out: main thread held up, p99', 'ms', delay.percentile(99) / 1e6);
}

async function paced(store: Store): Promise<void> {
  const latencies = await appendRound(store, 20_000, 20_000);
  note('20,000/s: acknowledged after, median', 'ms', quantile(latencies, 0.5));
  note('20,000/s: acknowledged after, p99', 'ms', quantile(latencies, 0.99));
}

async function find(store: Store): Promise<void> {
  const timed = async (what: string, question: (n: number) => Promise<unknown>) => {
    const latencies: number[] = [];
    for (let i = 0; i < 200; i++) {
      const begun = process.hrtime.bigint();
      await question(i);
      latencies.push(msSince(begun));
    }
    note(`${what}, median`, 'ms', quantile(latencies, 0.5));
    note(`${what}, p99`, 'ms', quantile(latencies, 0.99));
  };
  const of = (n: number) => ({ hostIds: [`host-${(n * 7) % hosts}`], kinds: [], sinceUs: 0n });
  const hundred = Array.from({ length: Math.min(100, hosts) }, (_, n) => `host-${n}`);
  await timed('newest 50 of a host', (n) => store.events.newest(0n, of(n), 50));
  const middle = (await store.events.newestPosition()) / 2n;
  await timed('50 of a host from the middle', (n) => store.events.newest(middle, of(n), 50));
  await timed('newest 50 of 100 hosts', () =>
    store.events.newest(0n, { hostIds: hundred, kinds: [], sinceUs: 0n }, 50),
  );
  await timed('newest 50 crashes', () =>
    store.events.newest(0n, { hostIds: undefined, kinds: ['crash', 'crashRepeat'], sinceUs: 0n }, 50),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
try {
  printMachine();
  print(`${total} events of ${hosts} hosts, ${eventsPerAppend} per append, bodies of ${bodyBytes} bytes`);
  await using store = await openSqliteStore({ folder, clock: systemClock, random: systemRandom });
  for (let round = 0; round < rounds; round++) {
    await flatOut(store);
    await paced(store);
    await find(store);
  }
  note(
    'database per event',
    'bytes',
    statSync(join(folder, 'controller.db')).size / Number(await store.events.newestPosition()),
  );
  const begun = process.hrtime.bigint();
  await store.events.dropDaysBefore(systemClock.wallTimeUs() + 86_400_000_000n);
  note('dropping the day', 'ms', msSince(begun));
  for (const [what, { unit, values }] of figures) printFigure('store', { what, unit, values } satisfies Figure);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
