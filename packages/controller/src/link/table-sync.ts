/**
 * How the process table of one session comes to be held: not at all while the host has the very table that is held, whole
 * when it has not (in its turn, among all hosts), and by changes after that.
 */
import type { StateDelta, StateSnapshot } from '@fleetvisor/protocol/link';
import { deltaFromWire, statusFromWire } from './from-wire.ts';
import type { LinkHouse } from './link-house.ts';
import { SnapshotAssembly } from './snapshot-assembly.ts';
import type { SnapshotSlot } from './snapshot-slots.ts';

export interface TableSyncParts {
  readonly house: Pick<LinkHouse, 'live' | 'slots'>;
  readonly hostId: string;
  readonly session: bigint;
  /** Asks the host for its whole table. */
  readonly ask: (reason: string) => void;
}

type State =
  | { readonly name: 'held' }
  /** It is not asked for yet: there is no slot. */
  | { readonly name: 'waiting'; readonly leave: () => void }
  | { readonly name: 'asked'; readonly slot: SnapshotSlot };

export class TableSync implements Disposable {
  readonly #parts: TableSyncParts;
  readonly #assembly = new SnapshotAssembly();
  #state: State = { name: 'held' };

  constructor(parts: TableSyncParts) {
    this.#parts = parts;
  }

  /**
   * The session begins to stand.
   * @param isHeld the host has the very table that is held
   * @returns what Welcome says: whether to send the table at once
   */
  begin(isHeld: boolean): boolean {
    if (isHeld) return false;
    const slot = this.#parts.house.slots.tryTake();
    if (slot !== undefined) this.#state = { name: 'asked', slot };
    else this.#want('it was not told at the beginning of the session');
    return slot !== undefined;
  }

  /** @throws FleetError `invalid` for a chunk that does not follow the one before */
  snapshot(snapshot: StateSnapshot): void {
    const { house, hostId, session } = this.#parts;
    const processes = this.#assembly.add({ ...snapshot, processes: snapshot.processes.map(statusFromWire) });
    if (processes === undefined) return;
    this.#leave();
    this.#state = { name: 'held' };
    house.live.snapshot(hostId, session, snapshot.version, processes);
  }

  /** Whatever comes before the table is in it. */
  delta(delta: StateDelta): void {
    const { house, hostId, session } = this.#parts;
    if (this.#state.name !== 'held' || house.live.delta(hostId, session, deltaFromWire(delta))) return;
    this.#want(`the delta builds on version ${delta.base}, held is ${this.#heldVersion}`);
  }

  /** A heartbeat says which version has been told. */
  told(version: bigint): void {
    if (this.#state.name !== 'held' || this.#parts.house.live.stateVersion(this.#parts.hostId) === version) return;
    this.#want(`the heartbeat says version ${version}, held is ${this.#heldVersion}`);
  }

  [Symbol.dispose](): void {
    this.#leave();
  }

  get #heldVersion(): string {
    return String(this.#parts.house.live.stateVersion(this.#parts.hostId) ?? 'none');
  }

  #want(reason: string): void {
    const { house, ask } = this.#parts;
    let isGranted = false;
    const leave = house.slots.whenFree((slot) => {
      isGranted = true;
      this.#state = { name: 'asked', slot };
      ask(reason);
    });
    if (!isGranted) this.#state = { name: 'waiting', leave };
  }

  #leave(): void {
    if (this.#state.name === 'waiting') this.#state.leave();
    if (this.#state.name === 'asked') this.#state.slot.giveBack();
  }
}
