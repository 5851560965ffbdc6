/** One run of an event listener: what it has said, and the event it has in hand. Decides neither what it gets nor when. */
import type { Instant } from '@fleetvisor/primitives';
import type { OutputSource } from '../../logs/output-events.ts';
import type { ProcessName } from '../../supervision/status.ts';
import type { PooledEvent } from './envelope.ts';
import type { HandedListener } from './handed-pools.ts';
import {
  busyListener,
  type ListenerOutput,
  type ListenerState,
  newListener,
  readListener,
} from './listener-protocol.ts';
import { accepted, badResultLine, moved, type PoolLogLine, rejected, silenced } from './pool-log-lines.ts';

/** What a run tells its pool. */
export interface RunOwner {
  readonly now: () => Instant;
  readonly log: (line: PoolLogLine) => void;
  /** An event it had in hand was not dealt with. */
  readonly onReturned: (event: PooledEvent) => void;
  /** It said something: it may be ready, or through with what it had in hand. */
  readonly onSaid: () => void;
}

export class ListenerRun {
  readonly process: ProcessName;
  /** Its stdin did not take the last event; it gets none until that is lifted. */
  refusal: 'full' | 'closed' | undefined;
  readonly #source: OutputSource;
  readonly #owner: RunOwner;
  #state: ListenerState;
  #inHand: PooledEvent | undefined;
  #isRunning: boolean;
  #isOver = false;
  #silentSince: Instant;

  /** @param handed where an earlier life of the agent was with it; undefined: it is new */
  constructor(source: OutputSource, owner: RunOwner, handed?: HandedListener) {
    this.process = source.process;
    this.#source = source;
    this.#owner = owner;
    this.#state = handed?.state ?? newListener;
    this.#inHand = handed?.inHand;
    this.#isRunning = handed?.isRunning ?? false;
    this.#silentSince = owner.now();
  }

  /** The process is in RUNNING: only then it gets events. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  set isRunning(isRunning: boolean) {
    this.#isRunning = isRunning;
    this.#silentSince = this.#owner.now();
  }

  /** As it is now. */
  handOver(): HandedListener {
    return { state: this.#state, inHand: this.#inHand, isRunning: this.#isRunning };
  }

  /** 0 when no child was made. */
  get pid(): number {
    return this.#source.pid();
  }

  get canTake(): boolean {
    return this.isRunning && this.#state.name === 'READY' && this.refusal === undefined;
  }

  /** Sooner or later it can take an event, as far as one can tell. */
  get mayTake(): boolean {
    return this.isRunning && this.#state.name !== 'UNKNOWN' && this.refusal === undefined;
  }

  get isBusy(): boolean {
    return this.#inHand !== undefined;
  }

  /** Its answer is due since then: it has come up, or been sent an event, or said its last word. undefined: it is READY. */
  get silentSince(): Instant | undefined {
    return this.#state.name === 'READY' ? undefined : this.#silentSince;
  }

  /** It has been sent an event. */
  hand(event: PooledEvent): void {
    this.#inHand = event;
    this.#state = busyListener;
    this.#silentSince = this.#owner.now();
  }

  /** What it wrote to its stdout. */
  read(chunk: Uint8Array): void {
    if (this.#isOver) return; // somebody still holds the pipe of a run that has ended
    const { state, outputs } = readListener(this.#state, chunk);
    this.#state = state;
    this.#silentSince = this.#owner.now();
    for (const output of outputs) this.#heed(output);
    this.#owner.onSaid();
  }

  /** The run is over: what it had in hand was not dealt with, and what it still says does not count. */
  end(): void {
    this.#isOver = true;
    this.isRunning = false;
    this.#returnEvent();
  }

  #heed(output: ListenerOutput): void {
    const { name } = this.process;
    switch (output.kind) {
      case 'accepted':
        this.#inHand = undefined;
        this.#owner.log(accepted(name));
        break;
      case 'rejected':
        this.#owner.log(rejected(name));
        break;
      case 'badResultLine':
        this.#owner.log(badResultLine(name, output.line));
        break;
      case 'moved':
        this.#owner.log(moved(name, output.from, output.to));
        if (output.to === 'UNKNOWN') this.#owner.log(silenced(name));
        if (output.from === 'BUSY') this.#returnEvent();
        break;
    }
  }

  #returnEvent(): void {
    const event = this.#inHand;
    this.#inHand = undefined;
    if (event !== undefined) this.#owner.onReturned(event);
  }
}
