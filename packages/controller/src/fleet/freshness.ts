/**
 * How fresh what we know of a host is: presence, lease, and when to look again. Pure: `now` is a value.
 *
 * Any message is a sign of life. Silent for one and a half intervals, a connected host is suspect; at the end of its
 * lease it is disconnected. A message may have been on the way for as long as a connection stands that carries nothing:
 * what a host has told of its processes counts for a lease from when it lived for certain, which is when it gave back a
 * stamp of ours. After that they are UNKNOWN, whatever else comes.
 *
 * A stream that ended does not prove the host gone, but nobody can be reached through it: the host is suspect and not
 * connected at once (commands answer host-offline), and its lease is cut down to the time it needs to dial again. A
 * goodbye ends the lease when the host said it would be back; one that replaces itself gets a little longer, for its
 * programs run on. After a start of the controller the hosts it knows get a first lease to return in, long enough for all
 * of them. A quarter of an hour after the end of its lease a host is lost: the same to everybody, but worth a look.
 */
import { after, type Instant, instant, msBetween } from '@fleetvisor/primitives';
import type { Presence } from './host-view.ts';

/** How the hosts are to report, told in Welcome. */
export interface Rhythm {
  /** Silence after which a host sends a heartbeat. */
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  /** The first wait before dialling again is anywhere in 0..this. */
  readonly reconnectSpreadMs: number;
}

const heartbeatMsMin = 15_000;
const heartbeatsPerSecondMax = 200;
const reconnectsPerSecondMax = 600;
const reconnectSpreadMsMax = 20_000;
/** What a host that lost its stream gets to dial again, beyond the spread. */
const redialMs = 5_000;
/** What a host that replaces itself gets beyond the time that it gave itself. */
const upgradeGraceMs = 5_000;
/** From the end of its lease on. */
const lostAfterMs = 15 * 60_000;

/**
 * The rhythm for one more session (link.md 7): heartbeats of all hosts together stay below 200 per second.
 * @param chance in [0, 1): spreads intervals by 20 % either way, so that hosts do not beat in step
 */
export function rhythmFor(hostCount: number, chance: number): Rhythm {
  const plainMs = Math.max(heartbeatMsMin, (hostCount / heartbeatsPerSecondMax) * 1000);
  const heartbeatMs = Math.round(plainMs * (0.8 + 0.4 * chance));
  const reconnectSpreadMs = Math.min(reconnectSpreadMsMax, Math.round((hostCount / reconnectsPerSecondMax) * 1000));
  return { heartbeatMs, leaseMs: Math.round(2.5 * heartbeatMs + 10_000), reconnectSpreadMs };
}

/** What the controller knows of its contact with a host. */
export type Contact =
  /** Known from the store, not heard of since the controller started. */
  | { readonly kind: 'awaited'; readonly leaseEnd: Instant }
  | Connected
  /** The stream has ended. */
  | { readonly kind: 'broken'; readonly lastHeard: Instant; readonly leaseEnd: Instant; readonly told: Told }
  | {
      readonly kind: 'goodbye';
      readonly lastHeard: Instant;
      readonly leaseEnd: Instant;
      readonly told: Told;
      readonly why: GoodbyeReason;
    };

interface Connected {
  readonly kind: 'connected';
  readonly session: bigint;
  readonly since: Instant;
  readonly lastHeard: Instant;
  /** The newest instant at which its engine lived for certain; undefined before it has given back any stamp. */
  readonly provenAt: Instant | undefined;
  readonly rhythm: Rhythm;
}

/** What a host tells of its processes: until when that counts, and of when it is. */
export interface Told {
  readonly asOf: Instant;
  readonly until: Instant;
}

/** Why a host says goodbye. */
export type GoodbyeReason = 'stop' | 'upgrade' | 'reboot';

export function awaited(startedAt: Instant, hostCount: number): Contact {
  const { leaseMs } = rhythmFor(hostCount, 0.5);
  return { kind: 'awaited', leaseEnd: after(startedAt, Math.max(60_000, 2 * leaseMs)) };
}

/** A session begins with Hello, which may be as old as an agent waits for the answer to it. */
export function arrived(session: bigint, now: Instant, rhythm: Rhythm): Contact {
  return { kind: 'connected', session, since: now, lastHeard: now, provenAt: undefined, rhythm };
}

/** A sign of life. Never moves back: a heartbeat of a frozen engine is older than what came before it. */
export function heard(contact: Contact, at: Instant): Contact {
  if (contact.kind !== 'connected' || at <= contact.lastHeard) return contact;
  return { ...contact, lastHeard: at };
}

/** A heartbeat that gives back a stamp of ours. */
export interface StampedBeat {
  /** Our monotonic clock as it was sent, in microseconds. */
  readonly stamp: bigint;
  /** How long the host had held it by then. */
  readonly heldUs: bigint;
  /** How long ago the engine had answered by then. */
  readonly engineAgeMs: number;
}

/** When an engine lived for certain: the way here is not counted, nor the one there. */
export function livedAt({ stamp, heldUs, engineAgeMs }: StampedBeat, now: Instant): Instant {
  return instant(Math.min(now, Number(stamp + heldUs)) - engineAgeMs * 1000);
}

/** Its engine lived then, for certain. Never moves back, once there is any proof. */
export function proven(contact: Contact, at: Instant): Contact {
  if (contact.kind !== 'connected' || (contact.provenAt !== undefined && at <= contact.provenAt)) return contact;
  return { ...contact, provenAt: at };
}

/** undefined: nothing was told yet. */
export function toldIn(contact: Contact): Told | undefined {
  if (contact.kind === 'awaited') return undefined;
  if (contact.kind !== 'connected') return contact.told;
  const { since, provenAt, rhythm } = contact;
  // The first stamp comes back at once; who does not give it back within a beat may be gone since before Hello came.
  if (provenAt === undefined) return { asOf: since, until: after(since, rhythm.heartbeatMs) };
  return { asOf: provenAt, until: after(provenAt, rhythm.leaseMs) };
}

/** Whether what was told of its processes still counts. */
export function isKnown(contact: Contact, now: Instant): boolean {
  const told = toldIn(contact);
  return told !== undefined && now < told.until;
}

export function streamEnded(contact: Contact, now: Instant): Contact {
  if (contact.kind !== 'connected') return contact;
  const toReturn = after(now, contact.rhythm.reconnectSpreadMs + redialMs);
  return { kind: 'broken', ...left(contact, earlier(leaseEndOf(contact), toReturn)) };
}

export interface Goodbye {
  readonly why: GoodbyeReason;
  /** 0 when it did not say: but for an upgrade its lease ends here and now. */
  readonly expectedBackMs: number;
}

export function saidGoodbye(contact: Contact, { why, expectedBackMs }: Goodbye, now: Instant): Contact {
  if (contact.kind !== 'connected') return contact;
  const backMs = why === 'upgrade' ? expectedBackMs + upgradeGraceMs : expectedBackMs;
  return { kind: 'goodbye', ...left(contact, earlier(leaseEndOf(contact), after(now, backMs))), why };
}

export function leaseEndOf(contact: Contact): Instant {
  return contact.kind === 'connected' ? after(contact.lastHeard, contact.rhythm.leaseMs) : contact.leaseEnd;
}

/** From here on nobody counts on the host. */
export function isLeaseOver(contact: Contact, now: Instant): boolean {
  return now >= leaseEndOf(contact);
}

export function presenceOf(contact: Contact, now: Instant): Presence {
  if (contact.kind === 'goodbye' && contact.why !== 'upgrade') return 'planned-offline';
  if (isLeaseOver(contact, now)) return now >= lostAtOf(contact) ? 'lost' : 'disconnected';
  if (contact.kind === 'goodbye') return 'upgrading';
  if (contact.kind === 'connected' && now < suspectAtOf(contact)) return 'online';
  return 'suspect';
}

/** When what `presenceOf`, `isLeaseOver` and `isKnown` say changes next without any news; undefined when it never does. */
export function nextChangeAt(contact: Contact, now: Instant): Instant | undefined {
  const isPlanned = contact.kind === 'goodbye' && contact.why !== 'upgrade';
  const told = toldIn(contact);
  const changes = [
    ...(contact.kind === 'connected' ? [suspectAtOf(contact)] : []),
    ...(told === undefined ? [] : [told.until]),
    leaseEndOf(contact),
    ...(isPlanned ? [] : [lostAtOf(contact)]),
  ];
  const next = changes.filter((at) => at > now);
  return next.length === 0 ? undefined : next.reduce(earlier);
}

/** Microseconds since the host was last heard of; undefined when it was not since the controller started. */
export function silentForUs(contact: Contact, now: Instant): bigint | undefined {
  return contact.kind === 'awaited'
    ? undefined
    : BigInt(Math.max(0, Math.round(msBetween(contact.lastHeard, now) * 1000)));
}

/** What is left of a session: what was told in it counts no longer than its lease. */
function left(
  contact: Connected,
  leaseEnd: Instant,
): Pick<Contact & { kind: 'broken' }, 'lastHeard' | 'leaseEnd' | 'told'> {
  const told = toldIn(contact) ?? { asOf: contact.since, until: contact.since };
  return { lastHeard: contact.lastHeard, leaseEnd, told: { ...told, until: earlier(told.until, leaseEnd) } };
}

function lostAtOf(contact: Contact): Instant {
  return after(leaseEndOf(contact), lostAfterMs);
}

function suspectAtOf(contact: Connected): Instant {
  return after(contact.lastHeard, 1.5 * contact.rhythm.heartbeatMs);
}

function earlier(a: Instant, b: Instant): Instant {
  return instant(Math.min(a, b));
}
