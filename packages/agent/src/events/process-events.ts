/** Puts what happens to processes into the event record, and keeps a loop of crashes from filling it. */

import { formatNamespec } from '@fleetvisor/config';
import type { Clock, Timer } from '@fleetvisor/primitives';
import type { Transition } from '../supervision/process/effect.ts';
import type { ProcessName } from '../supervision/status.ts';
import { admitCrash, admitTransition, type CrashWindow, keepsBack } from './crash-ledger.ts';
import type { CrashEvent, EventSink } from './event.ts';

interface Ledger {
  readonly process: ProcessName;
  window: CrashWindow | undefined;
  timer: Timer | undefined;
}

export class ProcessEvents implements Disposable {
  readonly #clock: Clock;
  readonly #schedule: Clock['schedule'];
  readonly #sink: EventSink;
  readonly #ledgers = new Map<string, Ledger>();

  /** @param schedule as the clock's; windows close by it */
  constructor(clock: Clock, schedule: Clock['schedule'], sink: EventSink) {
    this.#clock = clock;
    this.#schedule = schedule;
    this.#sink = sink;
  }

  transition(process: ProcessName, transition: Transition): void {
    const ledger = this.#ledgerOf(process);
    const { window, isRecorded } = admitTransition(ledger.window, transition, this.#clock.now());
    if (isRecorded) this.#sink.record({ kind: 'transition', process, transition });
    this.#keep(ledger, window);
  }

  /** @param makeEvent is called only for a crash that is recorded: its last output costs a read */
  crash(process: ProcessName, exit: CrashEvent['exit'], makeEvent: () => CrashEvent): void {
    const ledger = this.#ledgerOf(process);
    const { window, isRecorded } = admitCrash(ledger.window, exit, this.#clock.now(), this.#clock.wallTimeUs());
    if (isRecorded) this.#sink.record(makeEvent());
    this.#keep(ledger, window);
  }

  /** The process is no more: tells what was kept back. */
  forget(process: ProcessName): void {
    const key = formatNamespec(process);
    const ledger = this.#ledgers.get(key);
    if (ledger === undefined) return;
    this.#close(ledger);
    this.#ledgers.delete(key);
  }

  /** Tells what was kept back of all. */
  tellHeldBack(): void {
    for (const ledger of this.#ledgers.values()) this.#close(ledger);
    this.#ledgers.clear();
  }

  [Symbol.dispose](): void {
    this.tellHeldBack();
  }

  #ledgerOf(process: ProcessName): Ledger {
    const key = formatNamespec(process);
    const known = this.#ledgers.get(key);
    if (known !== undefined) {
      if (known.window !== undefined && known.window.closesAt <= this.#clock.now()) this.#close(known);
      return known;
    }
    const ledger = { process, window: undefined, timer: undefined };
    this.#ledgers.set(key, ledger);
    return ledger;
  }

  #keep(ledger: Ledger, window: CrashWindow | undefined): void {
    ledger.window = window;
    if (window !== undefined && keepsBack(window)) {
      ledger.timer ??= this.#schedule(window.closesAt, () => this.#close(ledger));
    }
  }

  #close(ledger: Ledger): void {
    const { process, window } = ledger;
    ledger.timer?.cancel();
    ledger.timer = undefined;
    ledger.window = undefined;
    if (window?.repeat !== undefined) this.#sink.record({ kind: 'crashRepeat', process, ...window.repeat });
    if (window?.held !== undefined) this.#sink.record({ kind: 'transition', process, transition: window.held });
  }
}
