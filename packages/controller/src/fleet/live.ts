/**
 * The fleet as it is now, in memory: hosts with their presence, processes and config facts. The upper half answers
 * doors; the lower half is told by sessions, each by its number, so that news of an older session changes nothing.
 */
import { type Clock, FleetError, type Instant, isGlob } from '@fleetvisor/primitives';
import type { Assignment, HostRecord, HostStore } from '../store/hosts.ts';
import { didYouMean } from './close-names.ts';
import { type ConfigFacts, noConfigFacts } from './config-facts.ts';
import { Deadlines } from './deadlines.ts';
import {
  awaited,
  type Contact,
  heard,
  nextChangeAt,
  presenceOf,
  type Rhythm,
  saidGoodbye,
  streamEnded,
} from './freshness.ts';
import type { FleetChange, HostProcesses, HostView } from './host-view.ts';
import { type LiveHost, liveHost, processesOf, viewOf } from './live-host.ts';
import type { ProcessStatus } from './process-status.ts';
import type { StateDelta } from './process-table.ts';
import { everyHost, type Scope, unmatchedNames } from './scope.ts';
import { scopeMatcher } from './selector.ts';

export interface Arrival {
  readonly record: HostRecord;
  readonly rhythm: Rhythm;
  readonly config: ConfigFacts;
  /** The host's wall clock minus ours. */
  readonly clockSkewUs: bigint;
}

export class LiveFleet implements Disposable {
  readonly #store: HostStore;
  readonly #clock: Clock;
  readonly #hosts = new Map<string, LiveHost>();
  readonly #listeners = new Set<(change: FleetChange) => void>();
  /** When each host's presence changes by itself. */
  readonly #deadlines: Deadlines<string>;

  constructor(store: HostStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#deadlines = new Deadlines(clock, (hostId) => this.#timePassed(hostId));
  }

  /** Reads the hosts that the store knows; each gets a first lease to return in. */
  async load(): Promise<void> {
    const [records, assignments] = await Promise.all([this.#store.list(), this.#store.assignments()]);
    const contact = awaited(this.#clock.now(), records.length);
    for (const record of records) this.#hosts.set(record.hostId, liveHost(record, contact, noConfigFacts));
    this.assigned(assignments);
    for (const { hostId } of records) this.#watch(hostId, contact);
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
    const all = this.hosts(everyHost);
    const unknown = unmatchedNames(scope, all);
    if (unknown.length > 0) {
      const names = all.map((host) => host.name);
      const hints = scope.hosts
        .filter((name) => !isGlob(name) && !names.includes(name))
        .map((n) => didYouMean(n, names));
      const message = `no host matches ${unknown.join(', ')}${hints.join('')}: see 'fleetctl hosts'`;
      throw new FleetError('not_found', message, { unknown });
    }
    if (found.length === 0) {
      const message =
        this.size === 0 ? 'no host has joined the fleet yet' : "no host is in that scope: see 'fleetctl hosts'";
      throw new FleetError('not_found', message);
    }
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
  arrived({ record, rhythm, config, clockSkewUs }: Arrival): void {
    const now = this.#clock.now();
    const contact: Contact = { kind: 'connected', session: record.session, lastHeard: now, rhythm };
    const host = this.#hosts.get(record.hostId) ?? liveHost(record, contact, config);
    Object.assign(host, { record, contact, config, clockSkewUs });
    this.#hosts.set(record.hostId, host);
    this.#watch(record.hostId, contact);
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

  snapshot(hostId: string, session: bigint, version: bigint, processes: readonly ProcessStatus[]): void {
    const host = this.#current(hostId, session);
    if (host === undefined) return;
    host.table.replace(version, processes, this.#clock.now());
    this.#tell({ kind: 'processes', hostId });
  }

  /** False when the delta does not build on what is held: ask for a snapshot. */
  delta(hostId: string, session: bigint, delta: StateDelta): boolean {
    const host = this.#current(hostId, session);
    if (host === undefined) return true;
    if (!host.table.apply(delta, this.#clock.now())) return false;
    this.#tell({ kind: 'processes', hostId });
    return true;
  }

  stateVersion(hostId: string): bigint | undefined {
    return this.#hosts.get(hostId)?.table.version;
  }

  /** What changed of what the host says of itself. */
  facts(hostId: string, session: bigint, facts: { config?: ConfigFacts; clockSkewUs?: bigint }): void {
    const host = this.#current(hostId, session);
    if (host === undefined) return;
    Object.assign(host, facts);
    if (facts.config !== undefined) this.#tell({ kind: 'host', hostId });
  }

  saidGoodbye(hostId: string, session: bigint, expectedBackMs: number): void {
    this.#changeContact(hostId, session, (contact, now) => saidGoodbye(contact, expectedBackMs, now));
  }

  streamEnded(hostId: string, session: bigint): void {
    this.#changeContact(hostId, session, streamEnded);
  }

  [Symbol.dispose](): void {
    this.#deadlines[Symbol.dispose]();
    this.#listeners.clear();
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
    this.#watch(hostId, host.contact);
    this.#tell({ kind: 'host', hostId });
  }

  #watch(hostId: string, contact: Contact): void {
    this.#deadlines.set(hostId, nextChangeAt(contact, this.#clock.now()));
  }

  #tell(change: FleetChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
