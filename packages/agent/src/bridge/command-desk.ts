/**
 * Takes the commands that come over the link: each is done once, however often it is asked for, never after its time,
 * and never two that would stand in each other's way without need (each runs as soon as it is asked for).
 */
import { after, type Clock, type Instant, messageOf } from '@fleetvisor/primitives';
import type { Action, ActionResult } from '../supervision/action.ts';
import type { EngineMessage } from './port.ts';

/** Commands under way at once; the controller holds itself to fewer. */
const underWayMax = 256;
/** Results that the disk did not take and that are remembered here instead, the newest of them. */
const unkeptMax = 256;

type Known =
  | { readonly kind: 'new' }
  | { readonly kind: 'begun' }
  | { readonly kind: 'done'; readonly result: ActionResult };

/** What is known of a command; a new one is written down as begun before anything is done for it. Throws when it cannot be. */
export interface CommandMemory {
  begin(commandId: string): Known;
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
  readonly #onTrouble: (text: string) => void;
  readonly #underWay = new Set<string>();
  readonly #unkept = new Map<string, ActionResult>();

  /**
   * @param run carries an action out; the same function that the local door calls.
   * @param onTrouble hears that a command cannot be written down. It is carried out all the same: whoever stops the program
   * that fills the disk must be able to. Done twice it can be only if the agent ends before it is asked for again.
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

  /** @param ttlMs how long from now it may wait to be begun. */
  async take(asked: Asked, ttlMs: number, receivedAt: Instant = this.#clock.now()): Promise<void> {
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

function verdict(outcome: ActionResult['outcome'], message: string): ActionResult {
  return { outcome, results: [], changes: undefined, message, problems: [] };
}
