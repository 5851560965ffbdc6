/** One host in memory, and how it looks at a given moment. */
import { type Instant, instant } from '@fleetvisor/primitives';
import type { Assignment, HostRecord } from '../store/hosts.ts';
import { unknownStatus } from './aged-status.ts';
import type { ClockSkew } from './clock-skew.ts';
import type { ConfigFacts } from './config-facts.ts';
import { type Contact, isKnown, nextChangeAt, presenceOf, silentForUs, toldIn } from './freshness.ts';
import type { HostProcesses, HostView, Rival } from './host-view.ts';
import { ProcessTable } from './process-table.ts';

export interface LiveHost {
  record: HostRecord;
  contact: Contact;
  config: ConfigFacts;
  assignment: Assignment | undefined;
  clock: ClockSkew;
  rival: Rival | undefined;
  /** Of the host's engine, in the present session. */
  life: string;
  /** The life that the table is of. */
  tableLife: string;
  /** The contact in which the table was told, where the present one has said nothing of it yet: it ages by that one. */
  toldUnder: Contact | undefined;
  /** When a table that an earlier life of the controller kept was so for certain, by our wall clock; 0n for none. */
  keptAsOfUs: bigint;
  readonly table: ProcessTable;
}

/** How long somebody who claims the same is shown after the last time. */
const rivalShownUs = 600_000_000n;

export function liveHost(record: HostRecord, contact: Contact, config: ConfigFacts): LiveHost {
  return {
    ...{ record, contact, config, assignment: undefined, clock: { skewUs: 0n, roundTripUs: 0n }, rival: undefined },
    ...{ life: '', tableLife: '', toldUnder: undefined, keptAsOfUs: 0n, table: new ProcessTable() },
  };
}

export function viewOf(host: LiveHost, now: Instant, wallTimeUs: bigint): HostView {
  const { record, contact, assignment, rival } = host;
  const silent = silentForUs(contact, now) ?? maxOf(0n, wallTimeUs - record.lastSeenUs);
  const isKnown = isTableKnown(host, now);
  return {
    hostId: record.hostId,
    name: record.name,
    hostGroups: record.hostGroups,
    labels: record.labels,
    presence: presenceOf(contact, now),
    isConnected: contact.kind === 'connected',
    lastSeenUs: contact.kind === 'awaited' ? record.lastSeenUs : wallTimeUs - silent,
    silentForUs: silent,
    firstSeenUs: record.firstSeenUs,
    agentVersion: record.agentVersion,
    hostname: record.hostname,
    os: record.os,
    address: record.address,
    clock: host.clock,
    rival: rival !== undefined && wallTimeUs - rival.atUs < rivalShownUs ? rival : undefined,
    desired: assignment?.ref,
    files: assignment?.files ?? [],
    hasReported: contact.kind !== 'awaited',
    config: host.config,
    processCount: host.table.size,
    runningCount: isKnown ? host.table.runningCount : 0,
    areProcessesUnknown: !isKnown,
  };
}

/** While it counts what was last told; else UNKNOWN, with what was last told beside it. */
export function processesOf(host: LiveHost, now: Instant, wallTimeUs: bigint): HostProcesses {
  const told = toldIn(tableContact(host));
  const ageUs = told === undefined ? maxOf(0n, wallTimeUs - keptAsOf(host)) : usBetween(told.asOf, now);
  if (isTableKnown(host, now)) return { processes: host.table.at(now), lastKnown: [], ageUs };
  // A table that was kept is shown as it was kept.
  const lastKnown = host.table.at(told?.asOf ?? instant(Number.NEGATIVE_INFINITY));
  return { processes: lastKnown.map(unknownStatus), lastKnown, ageUs };
}

/** Nothing is known by hearsay of an earlier life of the controller, nor from longer ago than a lease. */
export function isTableKnown(host: LiveHost, now: Instant): boolean {
  return isKnown(tableContact(host), now);
}

/** When it looks different next without any news; undefined when it never does. */
export function nextChangeOf(host: LiveHost, now: Instant): Instant | undefined {
  const changes = [nextChangeAt(host.contact, now), nextChangeAt(tableContact(host), now)];
  return changes.filter((at) => at !== undefined).toSorted((a, b) => a - b)[0];
}

/** The contact in which the table was told. */
function tableContact({ toldUnder, contact }: LiveHost): Contact {
  return toldUnder ?? contact;
}

function keptAsOf({ keptAsOfUs, record }: LiveHost): bigint {
  return keptAsOfUs === 0n ? record.lastSeenUs : keptAsOfUs;
}

export function usBetween(from: Instant, to: Instant): bigint {
  return BigInt(Math.max(0, Math.round(to - from)));
}

function maxOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
