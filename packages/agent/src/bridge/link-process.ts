/**
 * The link as a child of the engine: started, started again when it ends, and ended with the engine. It may crash, hang or
 * leak: nothing here waits for it without a bound, and no failure of it leaves this file but as a line for the log.
 */
import { abortable, backoffMs, type Clock, messageOf, msBetween, type Random, sleep } from '@fleetvisor/primitives';
import type { LinkChild } from './link-child.ts';
import type { EngineEnd } from './port.ts';

export interface LinkProcessOptions {
  /** Starts one. @param log a line that it has printed */
  readonly startChild: (log: (line: string) => void) => LinkChild;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Speaks with a link that has just been started, until its end of the bridge ends; called anew for every life of it.
   * When it returns or throws the link is ended and another one started.
   */
  readonly serve: (end: EngineEnd) => Promise<void>;
  /** A line for the main log: what the link printed, or what became of it. */
  readonly log: (line: string) => void;
}

const restartBackoff = { baseMs: 1000, capMs: 60_000 };
/** A link that lived this long was well: its next start waits as little as the first. */
const wellAfterMs = 60_000;
/** What a link gets to deliver the last events and say goodbye. */
const goodbyeWithinMs = 3000;
/** What it gets to end once its bridge is closed. */
const endWithinMs = 2000;

/** A running link process; disposing ends it within two seconds and waits for its end. */
export class LinkProcess implements AsyncDisposable {
  readonly #options: LinkProcessOptions;
  readonly #ending = new AbortController();
  readonly #ended: Promise<void>;
  #pid: number | undefined;
  #end: EngineEnd | undefined;
  #isLeaving = false;

  constructor(options: LinkProcessOptions) {
    this.#options = options;
    this.#ended = this.#keepRunning();
  }

  /** Of the present life; undefined between two lives. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** Lets the link say goodbye and end by itself, for three seconds at most; no other one is started after it. */
  async sayGoodbye(reason: 'stop' | 'upgrade'): Promise<void> {
    this.#isLeaving = true;
    if (this.#end === undefined) return this[Symbol.asyncDispose]();
    this.#end.send({ kind: 'stopping', reason });
    const ended = new AbortController();
    const late = sleep(this.#options.clock, goodbyeWithinMs, ended.signal).then(
      () => this[Symbol.asyncDispose](),
      () => undefined, // it ended in time
    );
    await this.#ended;
    ended.abort();
    await late;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new Error('the engine closes the link'));
    await this.#ended;
  }

  async #keepRunning(): Promise<void> {
    const { clock, random, log } = this.#options;
    const { signal } = this.#ending;
    let failures = 0;
    while (!signal.aborted) {
      const startedAt = clock.now();
      const how = await this.#oneLife().catch(messageOf);
      if (signal.aborted || this.#isLeaving) return;
      failures = msBetween(startedAt, clock.now()) >= wellAfterMs ? 1 : failures + 1;
      const waitMs = backoffMs(restartBackoff, failures, random.next());
      log(`the link to the controller ended (${how}); starting another in ${(waitMs / 1000).toFixed(1)} s`);
      await sleep(clock, waitMs, signal).catch(() => undefined); // only the end of the engine ends the wait early
    }
  }

  /** Resolves with the way it ended, in words. */
  async #oneLife(): Promise<string> {
    const { startChild, serve, log } = this.#options;
    const { signal } = this.#ending;
    const child = startChild((line) => log(`link: ${line}`));
    const { end, exited } = child;
    this.#pid = child.pid;
    this.#end = end;
    try {
      await abortable(Promise.race([serve(end), exited]), signal).catch((error) => {
        if (!signal.aborted) log(`the link to the controller is ended: ${messageOf(error)}`);
      });
    } finally {
      this.#end = undefined;
      await end[Symbol.asyncDispose]();
      await this.#waitOrKill(child);
      this.#pid = undefined;
    }
    return exited;
  }

  async #waitOrKill({ exited, kill }: LinkChild): Promise<void> {
    const tooLate = new AbortController();
    const killed = sleep(this.#options.clock, endWithinMs, tooLate.signal).then(
      kill,
      () => undefined, // it ended in time
    );
    await exited;
    tooLate.abort();
    await killed;
  }
}
