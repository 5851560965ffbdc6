/** One host in memory, and how it looks at a given moment. */
import type { Instant } from '@fleetvisor/primitives';
import type { Assignment, HostRecord } from '../store/hosts.ts';
import { unknownStatus } from './aged-status.ts';
import type { ConfigFacts } from './config-facts.ts';
import { type Contact, isLeaseOver, presenceOf, silentForUs } from './freshness.ts';
import type { HostProcesses, HostView } from './host-view.ts';
import { ProcessTable } from './process-table.ts';

export interface LiveHost {
  record: HostRecord;
  contact: Contact;
  config: ConfigFacts;
  assignment: Assignment | undefined;
  clockSkewUs: bigint;
  readonly table: ProcessTable;
}

export function liveHost(record: HostRecord, contact: Contact, config: ConfigFacts): LiveHost {
  return { record, contact, config, assignment: undefined, clockSkewUs: 0n, table: new ProcessTable() };
}

export function viewOf(host: LiveHost, now: Instant, wallTimeUs: bigint): HostView {
  const { record, contact, assignment } = host;
  const silent = silentForUs(contact, now) ?? maxOf(0n, wallTimeUs - record.lastSeenUs);
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
    clockSkewUs: host.clockSkewUs,
    desired: assignment?.ref,
    files: assignment?.files ?? [],
    hasReported: contact.kind !== 'awaited',
    config: host.config,
    processCount: host.table.size,
    runningCount: isLeaseOver(contact, now) ? 0 : host.table.runningCount,
  };
}

/** Up to the end of the lease what was last told; from then on UNKNOWN, with what was last told beside it. */
export function processesOf(host: LiveHost, now: Instant, wallTimeUs: bigint): HostProcesses {
  const ageUs = silentForUs(host.contact, now) ?? maxOf(0n, wallTimeUs - host.record.lastSeenUs);
  if (!isLeaseOver(host.contact, now)) return { processes: host.table.at(now), lastKnown: [], ageUs };
  const lastKnown = host.table.at(lastHeardOf(host.contact));
  return { processes: lastKnown.map(unknownStatus), lastKnown, ageUs };
}

function lastHeardOf(contact: Contact): Instant {
  return contact.kind === 'awaited' ? contact.leaseEnd : contact.lastHeard;
}

function maxOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
