/** Writes hosts down when they arrive, many in one transaction, each with its next session number. */
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { ArrivalOutcome, HostArrival, HostRecord } from '../hosts.ts';
import { labels, texts } from './json-columns.ts';
import type { Schema } from './schema.ts';

type HostRow = Selectable<Schema['hosts']> & { readonly session: bigint };

export interface Arrival {
  readonly arrival: HostArrival;
  readonly nowUs: bigint;
}

/** One outcome for each, in order; the first of two that want one name gets it. */
export async function writeArrivals(
  db: Kysely<Schema>,
  arrivals: readonly Arrival[],
): Promise<readonly ArrivalOutcome[]> {
  return db.transaction().execute(async (transaction) => {
    const outcomes: ArrivalOutcome[] = [];
    for (const one of arrivals) outcomes.push(await arrive(transaction, one));
    return outcomes;
  });
}

async function arrive(transaction: Transaction<Schema>, { arrival, nowUs }: Arrival): Promise<ArrivalOutcome> {
  const present = await hostsWithSession(transaction)
    .where((eb) => eb.or([eb('hosts.name', '=', arrival.name), eb('hosts.host_id', '=', arrival.hostId)]))
    .execute();
  const holder = present.find((host) => host.name === arrival.name && host.host_id !== arrival.hostId);
  if (holder !== undefined) return { kind: 'nameTaken', holder: hostRecord(holder) };
  const known = present.find((host) => host.host_id === arrival.hostId);
  const session = await writeArrival(transaction, arrival, nowUs);
  const host: HostRecord = {
    ...arrival,
    firstSeenUs: known?.first_seen_us ?? nowUs,
    lastSeenUs: nowUs,
    session,
  };
  return { kind: 'arrived', host, isNew: known === undefined };
}

async function writeArrival(transaction: Transaction<Schema>, arrival: HostArrival, nowUs: bigint): Promise<bigint> {
  const facts = {
    name: arrival.name,
    host_groups: JSON.stringify(arrival.hostGroups),
    labels: JSON.stringify(arrival.labels),
    agent_version: arrival.agentVersion,
    hostname: arrival.hostname,
    os: arrival.os,
    address: arrival.address,
    last_seen_us: nowUs,
  };
  await transaction
    .insertInto('hosts')
    .values({ host_id: arrival.hostId, first_seen_us: nowUs, ...facts })
    .onConflict((conflict) => conflict.column('host_id').doUpdateSet(facts))
    .execute();
  const { session } = await transaction
    .insertInto('host_counters')
    .values({ host_id: arrival.hostId, session: 1n })
    .onConflict((conflict) =>
      conflict.column('host_id').doUpdateSet((eb) => ({ session: eb('host_counters.session', '+', 1n) })),
    )
    .returning('session')
    .executeTakeFirstOrThrow();
  return session;
}

export function hostsWithSession(db: Kysely<Schema>) {
  return db
    .selectFrom('hosts')
    .innerJoin('host_counters', 'host_counters.host_id', 'hosts.host_id')
    .selectAll('hosts')
    .select('host_counters.session');
}

export function hostRecord(row: HostRow): HostRecord {
  return {
    hostId: row.host_id,
    name: row.name,
    hostGroups: texts(row.host_groups),
    labels: labels(row.labels),
    agentVersion: row.agent_version,
    hostname: row.hostname,
    os: row.os,
    address: row.address,
    firstSeenUs: row.first_seen_us,
    lastSeenUs: row.last_seen_us,
    session: row.session,
  };
}
