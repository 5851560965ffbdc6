import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FleetError, seededRandom, systemClock } from '@fleetvisor/primitives';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noConfigFacts } from '../fleet/config-facts.ts';
import type { ProcessStatus } from '../fleet/process-status.ts';
import { type Fleet, startFleet } from '../start-fleet.ts';
import { openSqliteStore } from '../store/sqlite/open-store.ts';
import type { Store } from '../store/store.ts';
import { hostIdOf } from '../testing/scripted-agent.ts';
import { buildApp } from './app.ts';
import { addFleetMetrics, createMetrics } from './metrics.ts';

const house = new AsyncDisposableStack();
const log = pino({ level: 'silent' });
let store: Store;
let fleet: Fleet;
let app: FastifyInstance;
let isServing = true;

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'http-app-'));
  house.defer(() => rm(folder, { recursive: true }));
  store = house.use(await openSqliteStore({ folder, clock: systemClock, random: seededRandom(1), gatherMs: 0 }));
  fleet = house.use(await startFleet({ store, clock: systemClock, random: seededRandom(2), log, version: '1.2.3' }));
  const { registry } = createMetrics();
  addFleetMetrics(registry, fleet);
  app = buildApp({ fleet, registry, isServing: () => isServing, log });
  house.defer(() => app.close());
  for (const [n, name] of ['web1', 'web2', 'db1'].entries()) await arrive(n + 1, name);
});
afterAll(() => house.disposeAsync());

/** As a session would tell of it. */
async function arrive(n: number, name: string): Promise<void> {
  const arrival = {
    hostId: hostIdOf(n),
    name,
    hostGroups: [name.replace(/\d/, '')],
    labels: { n: String(n) },
    agentVersion: '0.1.0',
    hostname: `${name}.example`,
    os: 'linux',
    address: '127.0.0.1:1',
  };
  const outcome = await store.hosts.arrive(arrival, systemClock.wallTimeUs());
  if (outcome.kind !== 'arrived') throw new Error(`${name} could not arrive`);
  const rhythm = { heartbeatMs: 15_000, leaseMs: 60_000, reconnectSpreadMs: 0 };
  fleet.live.arrived({
    record: outcome.host,
    rhythm,
    config: noConfigFacts,
    clock: { skewUs: 5000n, roundTripUs: 800n },
    life: 'life',
    isResumed: false,
  });
  const processes = [process('cat', 'cat', 10 * n), process('web', 'api', 10 * n + 1)];
  fleet.live.snapshot(arrival.hostId, outcome.host.session, 1n, processes);
}

function process(group: string, name: string, pid: number): ProcessStatus {
  return {
    process: { group, name },
    state: 'RUNNING',
    layer: 'local',
    run: 1n,
    pid,
    startedAtUs: 1_700_000_000_000_000n,
    stoppedAtUs: 0n,
    uptimeUs: 5_000_000n,
    lastExit: { kind: 'code', code: 1 },
    spawnError: '',
    description: `pid ${pid}, uptime 0:00:05`,
    stdoutLogfile: '',
    stderrLogfile: '',
    crashCount: 2n,
    stoppedByHand: false,
  };
}

async function get(url: string) {
  const answer = await app.inject({ url });
  return { status: answer.statusCode, body: answer.json(), text: answer.body };
}

describe('lists', () => {
  it('show hosts in order of name, page by page', async () => {
    const first = await get('/api/v1/hosts?limit=2');
    expect(first.body).toMatchObject({ hosts: [{ name: 'db1' }, { name: 'web1' }], next: 'web1' });
    const second = await get('/api/v1/hosts?limit=2&after=web1');
    expect(second.body).toMatchObject({ hosts: [{ name: 'web2' }], next: null });
  });

  it('show a host with all that is known of it', async () => {
    const { body } = await get('/api/v1/hosts?host=web1');
    expect(body.hosts[0]).toMatchObject({
      hostId: hostIdOf(1),
      hostGroups: ['web'],
      labels: { n: '1' },
      presence: 'online',
      clockSkewMs: 5,
      lastSeenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      running: null,
      lastAttempt: null,
      processCount: 2,
      runningCount: 2,
    });
  });

  it('show processes in order of host and name, page by page', async () => {
    const names: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const after: string = next === '' ? '' : `&after=${encodeURIComponent(next)}`;
      const { body } = await get(`/api/v1/processes?limit=4${after}`);
      names.push(...body.processes.map((p: { host: string; name: string }) => `${p.host}/${p.name}`));
      next = body.next;
    }
    expect(names).toEqual(['db1/cat', 'db1/api', 'web1/cat', 'web1/api', 'web2/cat', 'web2/api']);
  });

  it('show a process in words and numbers', async () => {
    const { body } = await get('/api/v1/processes?host=web1&target=cat');
    expect(body).toMatchObject({
      processes: [
        {
          host: 'web1',
          group: 'cat',
          name: 'cat',
          state: 'RUNNING',
          lastKnownState: null,
          pid: 10,
          startedAt: '2023-11-14T22:13:20.000000Z',
          stoppedAt: null,
          lastExit: { code: 1 },
          crashCount: 2,
        },
      ],
      next: null,
    });
    expect(body.processes[0].uptimeMs).toBeGreaterThanOrEqual(5000);
  });

  const scopes: [string, string[]][] = [
    ['host=web*', ['web1', 'web2']],
    ['host=db1&host=web2', ['db1', 'web2']],
    ['group=db', ['db1']],
    ['label=n%3D2', ['web2']],
    ['group=web&label=n%20in%20(1,3)', ['web1']],
  ];
  it.each(scopes)('take the scope %s', async (query, names) => {
    const { body } = await get(`/api/v1/hosts?${query}`);
    expect(body.hosts.map((host: { name: string }) => host.name)).toEqual(names);
  });

  it('page through events both ways', async () => {
    const source = { hostId: hostIdOf(1), host: 'web1', epoch: hostIdOf(77) };
    const before = await store.events.newestPosition();
    const events = [1n, 2n, 3n].map((seq) => {
      return { seq, atUs: seq, kind: 'crash', group: 'cat', process: 'cat', body: new Uint8Array([250]) };
    });
    await store.events.append(source, events, systemClock.wallTimeUs());
    const at = (n: number) => Number(before) + n;
    const positions = (body: { events: { position: number }[] }) => body.events.map(({ position }) => position);

    const newest = (await get('/api/v1/events?kind=crash&limit=2')).body;
    expect([positions(newest), newest.next]).toEqual([[at(2), at(3)], at(3)]);
    const older = (await get(`/api/v1/events?kind=crash&limit=2&after=${at(0)}`)).body;
    expect([positions(older), older.next]).toEqual([[at(1), at(2)], at(2)]);
    const none = (await get(`/api/v1/events?kind=crash&after=${at(3)}`)).body;
    expect([positions(none), none.next]).toEqual([[], at(3)]);

    const crashes = (await get('/api/v1/crashes?limit=2')).body;
    expect(crashes).toMatchObject({ crashes: [{ position: at(3) }, { position: at(2) }], next: at(2) });
    const rest = (await get(`/api/v1/crashes?limit=2&after=${crashes.next}`)).body;
    expect(rest).toMatchObject({ crashes: [{ position: at(1), count: 1, exit: null }], next: null });
  });
});

describe('what cannot be answered', () => {
  const refused: [string, number, string, RegExp][] = [
    ['/api/v2/hosts', 404, 'not_found', /there is no GET \/api\/v2\/hosts/],
    ['/api/v1/hosts?host=web9', 404, 'not_found', /web9/],
    ['/api/v1/hosts?hots=web1', 400, 'invalid', /must NOT have additional properties/],
    ['/api/v1/hosts?limit=0', 400, 'invalid', /limit must be >= 1/],
    ['/api/v1/hosts?label=((', 400, 'invalid', /\(\(/],
    ['/api/v1/events?after=yesterday', 400, 'invalid', /'yesterday' is not a position/],
    ['/api/v1/events?after=999999', 410, 'stale', /restored from a backup/],
  ];
  it.each(refused)('%s is %i %s', async (url, status, code, message) => {
    const answer = await get(url);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error: { code, message: expect.stringMatching(message) } });
  });

  it('keeps the words of a fault of ours in the log', async () => {
    const broken = buildApp({
      fleet: { ...fleet, store: { ...store, events: brokenPort(new TypeError('secret')) } },
      registry: createMetrics().registry,
      isServing: () => true,
      log,
    });
    const answer = await broken.inject({ url: '/api/v1/events' });
    expect([answer.statusCode, answer.json().error.code]).toEqual([500, 'internal']);
    expect(answer.body).not.toContain('secret');
  });
});

describe('probes', () => {
  it('are well and ready while all doors are open', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      body: { ready: true, checks: { store: 'ok', link: 'ok' } },
    });
  });

  it('are not ready while a door is shut', async () => {
    isServing = false;
    const answer = await get('/readyz');
    isServing = true;
    expect(answer).toMatchObject({ status: 503, body: { ready: false, checks: { store: 'ok' } } });
  });

  it('are not ready when nothing can be stored, and say why', async () => {
    const full = { ...store, check: () => Promise.reject(new FleetError('unavailable', 'the disk is full')) };
    const app = buildApp({
      fleet: { ...fleet, store: full },
      registry: createMetrics().registry,
      isServing: () => true,
      log,
    });
    const answer = await app.inject({ url: '/readyz' });
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { ready: false, checks: { store: 'the disk is full', link: 'ok' } },
    ]);
  });

  it('show metrics of the fleet', async () => {
    const answer = await app.inject({ url: '/metrics' });
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.body).toContain('fleet_hosts{presence="online"} 3');
    expect(answer.body).toContain('fleet_processes{state="RUNNING"} 6');
    expect(answer.body).toContain('fleet_processes{state="FATAL"} 0');
    expect(answer.body).toContain('fleet_rollouts_running 0');
  });
});

/** A port of which every method fails. */
function brokenPort<Port extends object>(error: Error): Port {
  // Whatever is asked of it, it throws: it needs no methods of its own.
  return new Proxy({} as Port, {
    get: () => () => {
      throw error;
    },
  });
}
