/** Says once that a command still waits, so that nobody takes a slow host for a program that hangs. */
import { after, type Timer } from '@fleetvisor/primitives';
import type { CommandContext } from './command.ts';

type NoteContext = Pick<CommandContext, 'clock' | 'output'>;

/** Longer than hosts take that are well. */
const quietMsMax = 2_000;

/** Disposed of by whoever waits, when it waits no more. */
export class WaitingNote implements Disposable {
  readonly #context: NoteContext;
  readonly #words: () => string;
  #timer: Timer | undefined;
  #isSaid = false;

  /** @param words what it waits for, asked for when it is said. */
  constructor(context: NoteContext, words: () => string) {
    this.#context = context;
    this.#words = words;
    this.heard();
  }

  /** Something has come: the wait begins anew. */
  heard(): void {
    this.#timer?.cancel();
    if (this.#isSaid) return;
    const { clock } = this.#context;
    this.#timer = clock.schedule(after(clock.now(), quietMsMax), () => this.#say());
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  #say(): void {
    this.#isSaid = true;
    // Nobody who reads stderr any more is no reason to end the wait.
    this.#context.output.note(`fleetctl: still waiting: ${this.#words()}`).catch(() => undefined);
  }
}

/** `3 hosts have answered`. */
export function answeredWords(count: number): string {
  if (count === 0) return 'no host has answered yet';
  return count === 1 ? '1 host has answered' : `${count} hosts have answered`;
}
