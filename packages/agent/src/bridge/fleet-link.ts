/** The engine's side of the link for as long as the agent is in a fleet: one link process after the other, and what each is told. */
import type { LogLevel } from '@fleetvisor/config';
import { type Clock, messageOf, type Random } from '@fleetvisor/primitives';
import type { AgentEvent } from '../events/event.ts';
import type { CommandLog } from '../state/command-log.ts';
import type { FleetState } from '../state/fleet-state.ts';
import type { Spool } from '../state/spool.ts';
import type { ActionResult } from '../supervision/action.ts';
import type { ProcessName, ProcessStatus } from '../supervision/status.ts';
import { type Asked, CommandDesk } from './command-desk.ts';
import { EventFeed } from './event-feed.ts';
import { LinkProcess, type LinkProcessOptions } from './link-process.ts';
import { LogFeed, type OpenLog } from './log-feed.ts';
import type { EngineEnd, EngineMessage, Introduction, Offer, OfferStatus } from './port.ts';
import { type Connected, type LinkDoors, serveLink } from './serve-link.ts';
import { StatusFeed } from './status-feed.ts';

export interface FleetLinkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (level: LogLevel, text: string) => void;
  /** Starts a link; its program, forked. */
  readonly startLink: LinkProcessOptions['startChild'];
  /** As it is now. */
  readonly introduction: () => Introduction;
  readonly processes: () => readonly ProcessStatus[];
  readonly spool: Spool;
  readonly commandLog: CommandLog;
  readonly fleet: FleetState;
  /** Carries an action out, as the local door does. */
  readonly run: (asked: Asked) => Promise<ActionResult>;
  readonly record: (event: AgentEvent) => void;
  readonly openLog: OpenLog;
  readonly takeOffer: (offer: Offer) => Promise<void>;
  /** The controller will not have this host, which has never been in its fleet: nothing but another setting helps. */
  readonly refused: (reason: string) => void;
}

export class FleetLink implements AsyncDisposable {
  readonly #parts: FleetLinkParts;
  readonly #commands: CommandDesk;
  #process: LinkProcess;
  /** Of the present link; undefined between two. */
  #end: EngineEnd | undefined;
  readonly #status: StatusFeed;
  /** What was said last of a link that does not come up: said once, not at every try. */
  #trouble = '';

  constructor(parts: FleetLinkParts) {
    this.#parts = parts;
    const { clock, commandLog, log } = parts;
    this.#status = new StatusFeed(clock, parts.processes);
    const run = (asked: Asked) => this.#runCommand(asked);
    const send = (message: EngineMessage) => {
      if (message.kind === 'commandDone') this.#status.sayNow();
      this.#send(message);
    };
    this.#commands = new CommandDesk(clock, commandLog, run, send, (text) => log('critical', text));
    this.#process = this.#startProcess();
  }

  /** A process is not as it was, is new, or is gone. */
  statusChanged(process: ProcessName): void {
    this.#status.changed(process);
  }

  /** A command that was the end of the agent before this one is under way until it is settled. */
  awaits(commandId: string): void {
    this.#commands.awaits(commandId);
  }

  /** What came of a command that was the end of the agent before this one. */
  settle(commandId: string, result: ActionResult): void {
    this.#commands.settle(commandId, result);
  }

  /** How an offer fares. */
  report(status: OfferStatus): void {
    this.#send({ kind: 'offerStatus', status });
  }

  /** Delivers the last events and says goodbye, if that takes no more than a moment; after that there is no link. */
  sayGoodbye(reason: 'stop' | 'upgrade'): Promise<void> {
    return this.#process.sayGoodbye(reason);
  }

  /** After a goodbye the agent goes on all the same: with what is under way, and with the table as the controller has it. */
  resume(): void {
    this.#process = this.#startProcess();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }

  #startProcess(): LinkProcess {
    const { clock, random, log, startLink } = this.#parts;
    return new LinkProcess({
      startChild: startLink,
      clock,
      random,
      serve: (end) => this.#serve(end),
      log: (line) => log('warn', line),
    });
  }

  #send(message: EngineMessage): void {
    this.#end?.send(message);
  }

  async #serve(end: EngineEnd): Promise<void> {
    const send = (message: EngineMessage) => end.send(message);
    using events = new EventFeed(this.#parts.spool, send);
    using logs = new LogFeed(this.#parts.openLog, send);
    this.#end = end;
    this.#status.attach(end);
    try {
      this.#introduce();
      await serveLink(end, this.#doors({ status: this.#status, events, logs }));
    } finally {
      // What is left of this one may end after the next has begun.
      if (this.#end === end) {
        this.#end = undefined;
        this.#status.attach(undefined);
      }
    }
  }

  /** Whoever gave it, what was done on the host is an event of the host. */
  async #runCommand(asked: Asked): Promise<ActionResult> {
    const result = await this.#parts.run(asked);
    const { commandId, actor, action } = asked;
    const { outcome, results } = result;
    const targets = 'targets' in action ? action.targets : [];
    this.#parts.record({ kind: 'commandDone', commandId, actor, verb: action.verb, targets, outcome, results });
    return result;
  }

  #introduce(): void {
    this.#send({ kind: 'introduction', introduction: this.#parts.introduction() });
  }

  #doors(feeds: Pick<LinkDoors, 'status' | 'events' | 'logs'>): LinkDoors {
    const { spool, log } = this.#parts;
    return {
      ...feeds,
      commands: this.#commands,
      connected: (session) => this.#connected(session),
      disconnected: (reason, isPermanent) => this.#disconnected(reason, isPermanent),
      acked: (epoch, upToSeq) => this.#renumberedIf(spool.acked(epoch, upToSeq) === 'renumbered'),
      offered: (offer) => {
        this.#parts
          .takeOffer(offer)
          .catch((error) => log('error', `cannot take the offered config: ${messageOf(error)}`));
      },
      spool: () => ({ nextSeq: spool.position.nextSeq, spoolBytes: spool.bytes }),
    };
  }

  #connected({ session, fleetId, incarnation, ackedSeq }: Connected): void {
    this.#trouble = '';
    this.#parts.log('info', `connected to the controller (session ${session})`);
    try {
      this.#parts.fleet.spokeWith({ fleetId, incarnation });
    } catch (error) {
      // With a full disk too the host must be seen and commanded.
      this.#parts.log('critical', `cannot write down which controller this is: ${messageOf(error)}`);
    }
    this.#renumberedIf(this.#parts.spool.resumeFrom(ackedSeq) === 'renumbered');
  }

  /** The numbering began anew: the session must too. */
  #renumberedIf(isRenumbered: boolean): void {
    if (!isRenumbered) return;
    this.#parts.log('warn', 'the controller has events of this host that agent.db does not know: numbering anew');
    this.#introduce();
  }

  #disconnected(reason: string, isPermanent: boolean): void {
    this.#introduce(); // the next Hello tells how things stand then
    if (reason === this.#trouble) return;
    this.#trouble = reason;
    this.#parts.log(isPermanent ? 'critical' : 'warn', `not connected to the controller: ${reason}`);
    // A host of the fleet goes on whatever the controller says; one that was never let in was set up wrongly.
    if (isPermanent && this.#parts.fleet.fleet.fleetId === '') this.#parts.refused(reason);
  }
}
