/**
 * The fleet as it is now, in memory: hosts with their presence, processes and config facts. The upper half answers
 * doors; the lower half is told by sessions, each by its number, so that news of an older session changes nothing.
 */
import { type Clock, FleetError, type Instant, instant } from '@fleetvisor/primitives';
import type { Assignment, HostRecord, HostStore, HostTable } from '../store/hosts.ts';
import type { ClockSkew } from './clock-skew.ts';
import { type ConfigFacts, noConfigFacts } from './config-facts.ts';
import { Deadlines } from './deadlines.ts';
import {
  arrived,
  awaited,
  type Contact,
  type Goodbye,
  heard,
  presenceOf,
  proven,
  type Rhythm,
  saidGoodbye,
  streamEnded,
  toldIn,
} from './freshness.ts';
import type { FleetChange, HostProcesses, HostView, Rival } from './host-view.ts';
import { isTableKnown, type LiveHost, liveHost, nextChangeOf, processesOf, usBetween, viewOf } from './live-host.ts';
import { nobodyInScope } from './nobody-in-scope.ts';
import type { ProcessStatus } from './process-status.ts';
import type { StateDelta } from './process-table.ts';
import { everyHost, type Scope } from './scope.ts';
import { scopeMatcher } from './selector.ts';

export interface Arrival {
  readonly record: HostRecord;
  readonly rhythm: Rhythm;
  readonly config: ConfigFacts;
  readonly clock: ClockSkew;
  /** Of the host's engine. */
  readonly life: string;
  /** It has the very table that is held of it: nothing of that has to be told again. */
  readonly isResumed: boolean;
}

/** How statuses are kept: the wire's own bytes, which the domain does not read. */
export interface StatusCodec {
  encode(statuses: readonly ProcessStatus[]): Uint8Array;
  decode(bytes: Uint8Array): readonly ProcessStatus[];
}

export class LiveFleet implements Disposable {
  readonly #store: HostStore;
  readonly #clock: Clock;
  readonly #codec: StatusCodec;
  readonly #hosts = new Map<string, LiveHost>();
  readonly #listeners = new Set<(change: FleetChange) => void>();
  /** When each host's presence changes by itself. */
  readonly #deadlines: Deadlines<string>;

  constructor(store: HostStore, clock: Clock, codec: StatusCodec) {
    this.#store = store;
    this.#clock = clock;
    this.#codec = codec;
    this.#deadlines = new Deadlines(clock, (hostId) => this.#timePassed(hostId));
  }

  /** Reads the hosts that the store knows, with what they told last; each gets a first lease to return in. */
  async load(): Promise<void> {
    const store = this.#store;
    const [records, assignments, tables] = await Promise.all([store.list(), store.assignments(), store.tables()]);
    const contact = awaited(this.#clock.now(), records.length);
    for (const record of records) this.#hosts.set(record.hostId, liveHost(record, contact, noConfigFacts));
    this.assigned(assignments);
    for (const table of tables) this.#restore(table);
    for (const host of this.#hosts.values()) this.#watch(host);
  }

  get size(): number {
    return this.#hosts.size;
  }

  /**
   * Hosts in scope, in order of name; may be none.
   * @throws FleetError `invalid` when a label selector cannot be read.
   */
  hosts(scope: Scope): readonly HostView[] {
    const matches = scopeMatcher(scope);
    const now = this.#clock.now();
    const wallTimeUs = this.#clock.wallTimeUs();
    const found = [...this.#hosts.values()].filter((host) => matches(host.record));
    return found.map((host) => viewOf(host, now, wallTimeUs)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Hosts in scope, at least one.
   * @throws FleetError `not_found` naming what matches nothing; `invalid` as `hosts` does.
   */
  select(scope: Scope): readonly HostView[] {
    const found = this.hosts(scope);
    const missing = nobodyInScope(scope, this.hosts(everyHost), found.length);
    if (missing !== undefined) throw missing;
    return found;
  }

  host(hostId: string): HostView | undefined {
    const host = this.#hosts.get(hostId);
    return host && viewOf(host, this.#clock.now(), this.#clock.wallTimeUs());
  }

  hostNamed(name: string): HostView | undefined {
    const host = this.#hosts.values().find(({ record }) => record.name === name);
    return host && this.host(host.record.hostId);
  }

  /** undefined for a host that does not exist. */
  processes(hostId: string): HostProcesses | undefined {
    const host = this.#hosts.get(hostId);
    return host && processesOf(host, this.#clock.now(), this.#clock.wallTimeUs());
  }

  assignment(hostId: string): Assignment | undefined {
    return this.#hosts.get(hostId)?.assignment;
  }

  /** Tells of every change until the returned function is called. `listener` must not throw. */
  subscribe(listener: (change: FleetChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Frees the name of a host that is gone for good, in the store and here; returns its id.
   * @throws FleetError `not_found`; `conflict` while it is connected.
   */
  async forget(name: string): Promise<string> {
    const host = this.hostNamed(name);
    if (host === undefined) throw new FleetError('not_found', `no host is called ${name}: see 'fleetctl hosts'`);
    if (host.isConnected) {
      const message = `host ${name} is connected: stop its agent first (systemctl stop fleet-agent), then 'fleetctl hosts forget ${name}' again`;
      throw new FleetError('conflict', message, { host: name });
    }
    await this.#store.forget(host.hostId);
    // It may have come back while the store was busy: the store knows nothing of that arrival any more, so its session
    // has to end with the rest (who is told cuts it), and the host arrives anew.
    this.#hosts.delete(host.hostId);
    this.#deadlines.set(host.hostId, undefined);
    this.#tell({ kind: 'forgotten', hostId: host.hostId });
    return host.hostId;
  }

  /** A session stands. */
  arrived({ record, rhythm, config, clock, life, isResumed }: Arrival): void {
    const contact = arrived(record.session, this.#clock.now(), rhythm);
    const known = this.#hosts.get(record.hostId);
    const host = known ?? liveHost(record, contact, config);
    // Of what was told in an earlier session this one has said nothing yet, unless it is just that.
    const toldUnder = isResumed || known === undefined ? undefined : (known.toldUnder ?? known.contact);
    Object.assign(host, { record, contact, config, clock, life, toldUnder });
    this.#hosts.set(record.hostId, host);
    this.#watch(host);
    this.#tell({ kind: 'host', hostId: record.hostId });
  }

  /** The host has another desired state. */
  assigned(assignments: readonly Assignment[]): void {
    for (const assignment of assignments) {
      const host = this.#hosts.get(assignment.hostId);
      if (host === undefined) continue;
      host.assignment = assignment;
      this.#tell({ kind: 'host', hostId: assignment.hostId });
    }
  }

  /** A sign of life, from the engine as of `at`. */
  heard(hostId: string, session: bigint, at: Instant): void {
    const host = this.#current(hostId, session);
    if (host === undefined) return;
    const wasSuspect = presenceOf(host.contact, this.#clock.now()) !== 'online';
    host.contact = heard(host.contact, at);
    // While it is online the deadline that is set comes early, looks, and is set anew: no work per message.
    if (wasSuspect) this.#timePassed(hostId);
  }

  /** Its engine lived then, for certain: what it has told of its processes counts for a lease from there. */
  proven(hostId: string, session: bigint, at: Instant): void {
    const host = this.#current(hostId, session);
    if (host === undefined) return;
    const wasKnown = isTableKnown(host, this.#clock.now());
    host.contact = proven(host.contact, at);
    if (isTableKnown(host, this.#clock.now()) !== wasKnown) this.#timePassed(hostId);
  }

  snapshot(hostId: string, session: bigint, version: bigint, processes: readonly ProcessStatus[]): void {
    const host = this.#current(hostId, session);
    if (host === undefined) return;
    host.table.replace(version, processes, this.#clock.now());
    host.tableLife = host.life;
    host.toldUnder = undefined;
    this.#tell({ kind: 'processes', hostId });
  }

  /** False when the delta does not build on what is held: ask for a snapshot. */
  delta(hostId: string, session: bigint, delta: StateDelta): boolean {
    const host = this.#current(hostId, session);
    if (host === undefined) return true;
    if (host.toldUnder !== undefined || !host.table.apply(delta, this.#clock.now())) return false;
    this.#tell({ kind: 'processes', hostId });
    return true;
  }

  /** Of the table that the present session has told; undefined before it has told any. */
  stateVersion(hostId: string): bigint | undefined {
    const host = this.#hosts.get(hostId);
    return host?.toldUnder === undefined ? host?.table.version : undefined;
  }

  /** Whether this very table is held of the host, from whatever session. */
  holds(hostId: string, life: string, version: bigint): boolean {
    const host = this.#hosts.get(hostId);
    return host !== undefined && host.tableLife === life && host.table.version === version;
  }

  /** The table of a host as it may be kept; undefined while nothing is known that is newer than what was kept. */
  heldTable(hostId: string): Pick<HostTable, 'life' | 'version'> | undefined {
    const host = this.#hosts.get(hostId);
    if (host?.contact.kind === 'awaited' || host?.toldUnder !== undefined) return undefined;
    return host?.table.version === undefined ? undefined : { life: host.tableLife, version: host.table.version };
  }

  /** The same with its content, as of when it was so for certain. */
  keptTable(hostId: string): HostTable | undefined {
    const held = this.heldTable(hostId);
    const host = this.#hosts.get(hostId);
    const asOf = host && toldIn(host.contact)?.asOf;
    if (host === undefined || held === undefined || asOf === undefined) return undefined;
    const asOfUs = this.#clock.wallTimeUs() - usBetween(asOf, this.#clock.now());
    return { hostId, ...held, asOfUs, statuses: this.#codec.encode(host.table.at(asOf)) };
  }

  /** What changed of what the host says of itself. */
  facts(hostId: string, session: bigint, facts: { config?: ConfigFacts; clock?: ClockSkew }): void {
    const host = this.#current(hostId, session);
    if (host === undefined) return;
    Object.assign(host, facts);
    if (facts.config !== undefined) this.#tell({ kind: 'host', hostId });
  }

  /** Somebody else claims to be the host, or its name. @returns whether that is news */
  claimed(hostId: string, rival: Omit<Rival, 'atUs'>): boolean {
    const host = this.#hosts.get(hostId);
    if (host === undefined) return true;
    const before = viewOf(host, this.#clock.now(), this.#clock.wallTimeUs()).rival;
    host.rival = { ...rival, atUs: this.#clock.wallTimeUs() };
    this.#tell({ kind: 'host', hostId });
    return before?.hostId !== rival.hostId || before.address !== rival.address;
  }

  saidGoodbye(hostId: string, session: bigint, goodbye: Goodbye): void {
    this.#changeContact(hostId, session, (contact, now) => saidGoodbye(contact, goodbye, now));
  }

  streamEnded(hostId: string, session: bigint): void {
    this.#changeContact(hostId, session, streamEnded);
  }

  [Symbol.dispose](): void {
    this.#deadlines[Symbol.dispose]();
    this.#listeners.clear();
  }

  /** Aged by what has passed of our own wall clock: a child's uptime has grown meanwhile. */
  #restore({ hostId, life, version, asOfUs, statuses }: HostTable): void {
    const host = this.#hosts.get(hostId);
    if (host === undefined) return;
    const agoUs = Number(this.#clock.wallTimeUs() - asOfUs);
    host.table.replace(version, this.#codec.decode(statuses), instant(this.#clock.now() - Math.max(0, agoUs)));
    host.tableLife = life;
    host.keptAsOfUs = asOfUs;
  }

  #current(hostId: string, session: bigint): LiveHost | undefined {
    const host = this.#hosts.get(hostId);
    return host?.contact.kind === 'connected' && host.contact.session === session ? host : undefined;
  }

  #changeContact(hostId: string, session: bigint, change: (contact: Contact, now: Instant) => Contact): void {
    const host = this.#current(hostId, session);
    if (host === undefined) return;
    host.contact = change(host.contact, this.#clock.now());
    this.#timePassed(hostId);
  }

  #timePassed(hostId: string): void {
    const host = this.#hosts.get(hostId);
    if (host === undefined) return;
    this.#watch(host);
    this.#tell({ kind: 'host', hostId });
  }

  #watch(host: LiveHost): void {
    this.#deadlines.set(host.record.hostId, nextChangeOf(host, this.#clock.now()));
  }

  #tell(change: FleetChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
