/**
 * Tells the link how the processes are: a snapshot when it asks, then only what changed, gathered for a moment. It outlives
 * links: a version names one content of the table for as long as the engine lives, so that a controller that holds it
 * needs no snapshot in the next session.
 */
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import type { ProcessName, ProcessStatus } from '../supervision/status.ts';
import type { EngineMessage } from './port.ts';

/** Changes are gathered this long: sixteen in one frame cost a seventh of sixteen frames. */
const gatherMs = 75;
/** While more than this waits in the bridge, changes go on being gathered: only the newest of each process counts. */
const queuedBytesMax = 256 * 1024;

export interface StatusFeedOutput {
  send(message: EngineMessage): void;
  readonly queuedBytes: number;
}

export class StatusFeed implements Disposable {
  readonly #clock: Clock;
  readonly #processes: () => readonly ProcessStatus[];
  #output: StatusFeedOutput | undefined;
  /** Of what was said last; a delta names the version it builds on. */
  #version = 0;
  /** The table is not as it was in that version. */
  #isAnother = true;
  #begun = false;
  #changed = new Map<string, ProcessName>();
  #timer: Timer | undefined;

  constructor(clock: Clock, processes: () => readonly ProcessStatus[]) {
    this.#clock = clock;
    this.#processes = processes;
  }

  /** The present link; it has asked for nothing yet. Undefined: there is none. */
  attach(output: StatusFeedOutput | undefined): void {
    this.pause();
    this.#output = output;
  }

  /** The link holds nothing yet: it gets the whole table, and from then on what changes. */
  snapshotWanted(): void {
    this.#begun = true;
    this.#forget();
    if (this.#isAnother) this.#version++;
    this.#isAnother = false;
    this.#output?.send({ kind: 'snapshot', version: this.#version, processes: this.#processes() });
  }

  /** The session is gone: nothing is said until the next one asks. */
  pause(): void {
    this.#begun = false;
    this.#forget();
  }

  /** A process is not as it was, is new, or is gone. */
  changed(process: ProcessName): void {
    this.#isAnother = true;
    if (!this.#begun) return;
    this.#changed.set(`${process.group}:${process.name}`, process);
    this.#timer ??= this.#clock.schedule(after(this.#clock.now(), gatherMs), () => this.#flush());
  }

  /** Says now what was gathered: whoever is told that a command is done finds its effect in the status. */
  sayNow(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#flush();
  }

  [Symbol.dispose](): void {
    this.pause();
  }

  #forget(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#changed = new Map();
  }

  #flush(): void {
    this.#timer = undefined;
    const output = this.#output;
    if (output === undefined) return;
    if (output.queuedBytes > queuedBytesMax) {
      this.#timer = this.#clock.schedule(after(this.#clock.now(), gatherMs), () => this.#flush());
      return;
    }
    const upserts = this.#processes().filter((status) =>
      this.#changed.delete(`${status.process.group}:${status.process.name}`),
    );
    const removals = [...this.#changed.values()];
    this.#changed = new Map();
    const base = this.#version++;
    this.#isAnother = false;
    output.send({ kind: 'delta', base, version: this.#version, upserts, removals });
  }
}
