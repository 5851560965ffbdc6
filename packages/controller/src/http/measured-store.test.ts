import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom, systemClock } from '@fleetvisor/primitives';
import { EventBody } from '@fleetvisor/protocol/common';
import { expect, it } from 'vitest';
import type { HostCommandRecord } from '../store/commands.ts';
import { openSqliteStore } from '../store/sqlite/open-store.ts';
import { measuredStore } from './measured-store.ts';
import { createMetrics } from './metrics.ts';

const source = {
  hostId: '01890000-0000-7000-8000-000000000001',
  host: 'web1',
  epoch: '01890000-0000-7000-8000-00000000000e',
};

it('counts what is stored, once, and how long it took', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'measured-store-'));
  const metrics = createMetrics();
  const opened = await openSqliteStore({ folder, clock: systemClock, random: seededRandom(1), gatherMs: 0 });
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  await using store = measuredStore(opened, metrics, systemClock);
  const body = (seq: bigint, kind: EventBody['kind']) => ({
    seq,
    atUs: 1n,
    kind: kind?.$case ?? '',
    group: 'cat',
    process: 'cat',
    body: EventBody.encode({ kind }).finish(),
  });
  const repeat = {
    process: undefined,
    count: 40n,
    firstAtUs: 1n,
    lastAtUs: 2n,
    lastExit: undefined,
  };
  const events = [
    body(1n, { $case: 'agentStopping', value: { reason: 'stop' } }),
    body(2n, { $case: 'crashRepeat', value: repeat }),
  ];
  await store.events.append(source, events, systemClock.wallTimeUs());
  await store.events.append(source, events, systemClock.wallTimeUs()); // sent again: nothing new
  expect(await store.events.newestPosition()).toBe(2n);
  await expect(store.commands.settle([])).resolves.toBeUndefined();

  const page = await metrics.registry.metrics();
  expect(page).toContain('fleet_events_stored_total{kind="agentStopping"} 1');
  expect(page).toContain('fleet_crashes_total 40');
  expect(page).toContain('fleet_store_operation_seconds_count{operation="events.append"} 2');
  expect(page).toMatch(/process_cpu_user_seconds_total \d/);
});

it('counts what came of a command on a host once, also when it was unknown at first', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'measured-store-'));
  const metrics = createMetrics();
  const opened = await openSqliteStore({ folder, clock: systemClock, random: seededRandom(1), gatherMs: 0 });
  await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  await using store = measuredStore(opened, metrics, systemClock);
  const [action, result] = [new Uint8Array(), new Uint8Array()];
  const facts = { actor: 'ada', reason: '', verb: 'stop', action, givenAtUs: 1n };
  await store.commands.give({ commandId: 'c1', ...facts }, ['h1', 'h2']);
  const settle = (hostId: string, outcome: string): Promise<void> => {
    const record: HostCommandRecord = { commandId: 'c1', hostId, outcome, result, endedAtUs: 2n };
    return store.commands.settle([record]);
  };
  await settle('h1', 'unknown-outcome');
  await settle('h1', 'ok');
  await settle('h2', 'ok');
  const page = await metrics.registry.metrics();
  expect(page).toContain('fleet_command_results_total{outcome="unknown"} 1');
  expect(page).toContain('fleet_command_results_total{outcome="ok"} 1');
});
