/**
 * Takes the commands that come over the link: each is done once, however often it is asked for, never after its time,
 * and never two that would stand in each other's way without need (each runs as soon as it is asked for).
 */
import { after, type Clock, type Instant, messageOf } from '@fleetvisor/primitives';
import type { Action, ActionResult } from '../supervision/action.ts';
import type { EngineMessage } from './port.ts';

/** Commands under way at once; the controller holds itself to fewer. */
const underWayMax = 256;

/** What is known of a command; a new one is written down as begun before anything is done for it. */
export interface CommandMemory {
  begin(
    commandId: string,
  ): { readonly kind: 'new' } | { readonly kind: 'begun' } | { readonly kind: 'done'; readonly result: ActionResult };
  done(commandId: string, result: ActionResult): void;
}

export interface Asked {
  readonly commandId: string;
  readonly actor: string;
  readonly reason: string;
  readonly action: Action;
}

export class CommandDesk {
  readonly #clock: Clock;
  readonly #memory: CommandMemory;
  readonly #run: (asked: Asked) => Promise<ActionResult>;
  readonly #send: (message: EngineMessage) => void;
  readonly #underWay = new Set<string>();

  /** @param run carries an action out; the same function that the local door calls. */
  constructor(
    clock: Clock,
    memory: CommandMemory,
    run: (asked: Asked) => Promise<ActionResult>,
    send: (message: EngineMessage) => void,
  ) {
    this.#clock = clock;
    this.#memory = memory;
    this.#run = run;
    this.#send = send;
  }

  /** @param ttlMs how long from now it may wait to be begun. */
  async take(asked: Asked, ttlMs: number, receivedAt: Instant = this.#clock.now()): Promise<void> {
    const { commandId } = asked;
    // Under way already: its result answers both.
    if (this.#underWay.has(commandId)) return;
    const known = this.#memory.begin(commandId);
    if (known.kind === 'done') {
      this.#send({ kind: 'commandDone', commandId, result: known.result });
      return;
    }
    if (known.kind === 'begun') {
      this.#done(commandId, verdict('unknown', 'the agent ended while it was under way'));
      return;
    }
    if (this.#clock.now() > after(receivedAt, ttlMs)) {
      this.#done(commandId, verdict('expired', 'its deadline passed before it was begun'));
      return;
    }
    if (this.#underWay.size >= underWayMax) {
      this.#done(commandId, verdict('rejected', `${underWayMax} commands are under way on this host; try again later`));
      return;
    }
    this.#underWay.add(commandId);
    this.#send({ kind: 'commandAccepted', commandId });
    const result = await this.#run(asked).catch((error) => verdict('failed', messageOf(error)));
    this.#underWay.delete(commandId);
    this.#done(commandId, result);
  }

  /** Keeps a command that has not come yet from being begun. One that is under way ends as it will and says so. */
  cancel(commandId: string): void {
    if (this.#underWay.has(commandId)) return;
    if (this.#memory.begin(commandId).kind === 'new') {
      this.#done(commandId, verdict('cancelled', 'it was cancelled before it was begun'));
    }
  }

  #done(commandId: string, result: ActionResult): void {
    this.#memory.done(commandId, result);
    this.#send({ kind: 'commandDone', commandId, result });
  }
}

function verdict(outcome: ActionResult['outcome'], message: string): ActionResult {
  return { outcome, results: [], changes: undefined, message, problems: [] };
}
