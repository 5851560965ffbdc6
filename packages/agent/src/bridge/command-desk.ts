/**
 * Takes the commands that come over the link: each is done once, however often it is asked for and whatever dies or loses
 * its power meanwhile, never after its time, and never two that would stand in each other's way without need (each runs as
 * soon as it is asked for).
 */
import { after, type Clock, type Instant, messageOf, sleep } from '@fleetvisor/primitives';
import type { Action, ActionResult } from '../supervision/action.ts';
import type { EngineMessage } from './port.ts';

/** Commands under way at once; the controller holds itself to fewer. */
const underWayMax = 256;
/** Results that the disk did not take and that are remembered here instead, the newest of them. */
const unkeptMax = 256;
/** How long a command waits for the disk: the one that stops whatever keeps the disk busy must not wait for that. */
const keptWithinMs = 2_000;

type Known =
  | { readonly kind: 'new' }
  | { readonly kind: 'begun' }
  | { readonly kind: 'done'; readonly result: ActionResult };

/** What is known of a command; a new one is written down as begun before anything is done for it. Throws when it cannot be. */
export interface CommandMemory {
  begin(commandId: string): Known;
  done(commandId: string, result: ActionResult): void;
  /** Resolves when what was written down before outlives a loss of power. */
  synced(): Promise<void>;
}

export interface Asked {
  readonly commandId: string;
  readonly actor: string;
  readonly reason: string;
  readonly action: Action;
}

/** Until when a command may be begun. */
export interface Deadline {
  readonly receivedAt: Instant;
  readonly ttlMs: number;
}

export class CommandDesk {
  readonly #clock: Clock;
  readonly #memory: CommandMemory;
  readonly #run: (asked: Asked) => Promise<ActionResult>;
  readonly #send: (message: EngineMessage) => void;
  readonly #onTrouble: (text: string) => void;
  readonly #underWay = new Set<string>();
  readonly #unkept = new Map<string, ActionResult>();

  /**
   * @param run carries an action out; the same function that the local door calls.
   * @param onTrouble hears that a command cannot be written down. It is carried out all the same: whoever stops the program
   * that fills the disk must be able to. An agent that ends then, or a machine without power, leaves nobody who knows of it.
   */
  constructor(
    clock: Clock,
    memory: CommandMemory,
    run: (asked: Asked) => Promise<ActionResult>,
    send: (message: EngineMessage) => void,
    onTrouble: (text: string) => void,
  ) {
    this.#clock = clock;
    this.#memory = memory;
    this.#run = run;
    this.#send = send;
    this.#onTrouble = onTrouble;
  }

  async take(asked: Asked, deadline: Deadline): Promise<void> {
    const { commandId } = asked;
    // Under way already: its result answers both.
    if (this.#underWay.has(commandId)) return;
    const known = this.#begin(commandId);
    if (known.kind === 'done') {
      this.#send({ kind: 'commandDone', commandId, result: known.result });
      return;
    }
    if (known.kind === 'begun') {
      this.#done(commandId, verdict('unknown', agentEnded));
      return;
    }
    if (this.#isLate(deadline)) {
      this.#done(commandId, tooLate);
      return;
    }
    if (this.#underWay.size >= underWayMax) {
      this.#done(commandId, verdict('rejected', `${underWayMax} commands are under way on this host; try again later`));
      return;
    }
    this.#underWay.add(commandId);
    const result = await this.#carryOut(asked, deadline);
    this.#underWay.delete(commandId);
    this.#done(commandId, result);
  }

  /**
   * The controller does not know what became of it: says so, and keeps one that has not come from being begun. One that is
   * under way ends as it will, and that is its answer.
   */
  cancel(commandId: string): void {
    if (this.#underWay.has(commandId)) return;
    const known = this.#begin(commandId);
    switch (known.kind) {
      case 'new':
        return this.#done(commandId, verdict('cancelled', 'it had not reached the host, and was not done'));
      case 'begun':
        return this.#done(commandId, verdict('unknown', agentEnded));
      case 'done':
        return this.#send({ kind: 'commandDone', commandId, result: known.result });
    }
  }

  /** Of one that is carried out, the next agent knows: also the one after a loss of power. */
  async #carryOut(asked: Asked, deadline: Deadline): Promise<ActionResult> {
    const { commandId } = asked;
    await this.#kept(commandId);
    if (this.#isLate(deadline)) return tooLate;
    this.#send({ kind: 'commandAccepted', commandId });
    return this.#run(asked).catch((error) => verdict('failed', messageOf(error)));
  }

  async #kept(commandId: string): Promise<void> {
    const over = new AbortController();
    const late = sleep(this.#clock, keptWithinMs, over.signal).then(
      () => `it takes more than ${keptWithinMs / 1000} s`,
    );
    late.catch(() => undefined); // called off: it is on the disk, or will never be
    const kept = this.#memory.synced().then(() => undefined, messageOf);
    const trouble = await Promise.race([kept, late]);
    over.abort();
    if (trouble === undefined) return;
    this.#onTrouble(
      `cannot put it on the disk that command ${commandId} is begun: ${trouble}; it is carried out all the same`,
    );
  }

  #isLate({ receivedAt, ttlMs }: Deadline): boolean {
    return this.#clock.now() > after(receivedAt, ttlMs);
  }

  /** A life of the agent before this one has begun it, and it goes on: until it is settled it is under way. */
  awaits(commandId: string): void {
    this.#underWay.add(commandId);
  }

  /** What came of one that a life of the agent before this one has begun. */
  settle(commandId: string, result: ActionResult): void {
    this.#underWay.delete(commandId);
    this.#done(commandId, result);
  }

  #begin(commandId: string): Known {
    const unkept = this.#unkept.get(commandId);
    if (unkept !== undefined) return { kind: 'done', result: unkept };
    try {
      return this.#memory.begin(commandId);
    } catch (error) {
      this.#onTrouble(`cannot write down that command ${commandId} is begun: ${messageOf(error)}`);
      return { kind: 'new' };
    }
  }

  #done(commandId: string, result: ActionResult): void {
    try {
      this.#memory.done(commandId, result);
    } catch (error) {
      this.#onTrouble(`cannot write down what came of command ${commandId}: ${messageOf(error)}`);
      this.#unkept.set(commandId, result);
      const [oldest] = this.#unkept.keys();
      if (this.#unkept.size > unkeptMax && oldest !== undefined) this.#unkept.delete(oldest);
    }
    this.#send({ kind: 'commandDone', commandId, result });
  }
}

const agentEnded = 'the agent ended while it was under way: nobody knows how far it came';

const tooLate = verdict('expired', 'its deadline passed before it was begun');

function verdict(outcome: ActionResult['outcome'], message: string): ActionResult {
  return { outcome, results: [], changes: undefined, message, problems: [] };
}
