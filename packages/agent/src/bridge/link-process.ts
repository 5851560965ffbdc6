/**
 * The link as a child of the engine: started, started again when it ends, and ended with the engine. It may crash, hang or
 * leak: nothing here waits for it without a bound, and no failure of it leaves this file but as a line for the log.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { abortable, backoffMs, type Clock, messageOf, msBetween, type Random, sleep } from '@fleetvisor/primitives';
import { engineEndOf } from './ipc.ts';
import type { EngineEnd } from './port.ts';

export interface LinkProcessOptions {
  /** The link's program: its bundle, or link.ts. */
  readonly modulePath: string;
  /** Flags for Node; undefined for those of this process. */
  readonly execArgv?: readonly string[];
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
    const { modulePath, execArgv, serve, log } = this.#options;
    const { signal } = this.#ending;
    const child = fork(modulePath, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
    });
    this.#pid = child.pid;
    const exited = exitOf(child);
    for (const stream of [child.stdout, child.stderr]) {
      // Without file descriptors left there is a child object, but nothing in it.
      if (stream) createInterface({ input: stream }).on('line', (line) => log(`link: ${line}`));
    }
    const end = engineEndOf(child);
    this.#end = end;
    try {
      await abortable(Promise.race([serve(end), exited]), signal).catch((error) => {
        if (!signal.aborted) log(`the link to the controller is ended: ${messageOf(error)}`);
      });
    } finally {
      this.#end = undefined;
      await end[Symbol.asyncDispose]();
      await this.#waitOrKill(child, exited);
      this.#pid = undefined;
    }
    return exited;
  }

  async #waitOrKill(child: ChildProcess, exited: Promise<string>): Promise<void> {
    const tooLate = new AbortController();
    const kill = sleep(this.#options.clock, endWithinMs, tooLate.signal).then(
      () => void child.kill('SIGKILL'),
      () => undefined, // it ended in time
    );
    await exited;
    tooLate.abort();
    await kill;
  }
}

/** How the child ended, in words; never rejects. */
async function exitOf(child: ChildProcess): Promise<string> {
  child.on('error', () => undefined); // told below; without a listener a late one would take the engine down
  try {
    const [code, signal] = await once(child, 'exit');
    return signal === null ? `exit code ${code}` : `killed by ${signal}`;
  } catch (error) {
    return `it could not be started: ${messageOf(error)}`;
  }
}
