/** Gives commands to hosts and gathers what comes of them. */
import { after, BoundedQueue, type Clock, FleetError, type Random, type Timer, uuidv7 } from '@fleetvisor/primitives';
import type { CommandStore, HostCommandRecord } from '../store/commands.ts';
import type { Action, ActionResult, Outcome } from './action.ts';
import type { FleetLog } from './fleet-log.ts';
import type { HostLinks } from './host-links.ts';
import type { HostView } from './host-view.ts';
import type { StoreWatch } from './store-watch.ts';

export interface CommandRequest {
  readonly hostIds: readonly string[];
  readonly action: Action;
  /** Who asks. */
  readonly actor: string;
  /** Why, in their words; may be empty. */
  readonly reason: string;
  /** How long to wait for hosts; 0 for five minutes. */
  readonly timeoutMs: number;
}

export interface HostCommandResult extends ActionResult {
  /** One id for the whole command. */
  readonly commandId: string;
  readonly hostId: string;
  readonly host: string;
}

/** How actions and results are kept: the wire's own bytes, which the domain does not read. */
export interface CommandCodec {
  encodeAction(action: Action): Uint8Array;
  encodeResult(commandId: string, result: ActionResult): Uint8Array;
}

export interface CommandRouterParts {
  readonly store: CommandStore;
  readonly watch: StoreWatch;
  readonly hosts: { host(hostId: string): HostView | undefined };
  readonly links: HostLinks;
  readonly codec: CommandCodec;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: FleetLog;
}

const defaultTimeoutMs = 300_000;
/** How long a command may wait on its host to be begun. */
const ttlMsMax = 60_000;
const inFlightPerHostMax = 64;
/** The word that the store asks for when it looks for open ones. */
const openOutcome = 'unknown-outcome';

/** @param isFinal nothing more will come: false for an outcome that is unknown only until the host reports */
type Answer = (result: ActionResult, isFinal: boolean) => void;

interface UnderWay {
  readonly answer: Answer;
  /** What an event of the host has said of it, while the answer itself, which says more, is still to come. */
  told: ActionResult | undefined;
}

export class CommandRouter implements AsyncDisposable {
  readonly #parts: CommandRouterParts;
  /** By host, then by command: who waits for the answer. */
  readonly #inFlight = new Map<string, Map<string, UnderWay>>();
  /** By host: commands without a final outcome, of which the host may still report. */
  readonly #unsettled = new Map<string, Set<string>>();
  readonly #timers = new Set<Timer>();
  readonly #writes = new Set<Promise<void>>();
  /** By command and host: what is on its way to the store. */
  readonly #toWrite = new Map<string, HostCommandRecord>();
  readonly #closing = new AbortController();

  constructor(parts: CommandRouterParts) {
    this.#parts = parts;
  }

  /**
   * Writes the command down, sends it, and yields one result per host as it ends: `host-offline` at once for a host
   * that is not connected, `unknown` for one that goes away or does not answer in time (settled in the store when it
   * reports), `rejected` for one with 64 commands under way. Leaving the iteration does not recall the command.
   */
  async *run(request: CommandRequest, signal?: AbortSignal): AsyncGenerator<HostCommandResult> {
    const { store, clock, codec, random } = this.#parts;
    const { action, actor, reason } = request;
    const hostIds = [...new Set(request.hostIds)];
    const givenAtUs = clock.wallTimeUs();
    const commandId = uuidv7(givenAtUs, random);
    const encoded = codec.encodeAction(action);
    await store.give({ commandId, actor, reason, verb: action.verb, action: encoded, givenAtUs }, hostIds);

    const results = new BoundedQueue<HostCommandResult>(hostIds.length);
    const timer = this.#endAfter(request.timeoutMs || defaultTimeoutMs, hostIds, commandId);
    let underWay = hostIds.length;
    for (const hostId of hostIds) {
      const host = this.#parts.hosts.host(hostId)?.name ?? hostId;
      this.#ask(hostId, commandId, request, (result, isFinal) => {
        results.offer({ ...result, commandId, hostId, host });
        this.#write(commandId, hostId, result, isFinal);
        underWay--;
        if (underWay === 0) this.#cancel(timer);
      });
    }

    const leave = () => results.close();
    signal?.addEventListener('abort', leave, { once: true });
    try {
      for (let left = hostIds.length; left > 0 && !signal?.aborted; left--) {
        const next = await results.take();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Before the first session: what an earlier life of the controller had under way, nobody waits for any more. */
  async load(): Promise<void> {
    const interrupted = await this.#parts.store.interrupted();
    if (interrupted > 0)
      this.#parts.log.info({ interrupted }, 'commands of the controller before this one are unknown');
  }

  /** A host is about to report: what of its commands is open, from the life of the controller before this one too. */
  async hostArrived(hostId: string): Promise<void> {
    const stored = await this.#parts.store.unsettled(hostId);
    const open = stored.filter(({ commandId }) => !this.#isAboutToSettle(commandId, hostId));
    if (open.length > 0) this.#unsettled.set(hostId, new Set(open.map(({ commandId }) => commandId)));
  }

  /**
   * Its session stands: it is asked about every command that is open, of which it may never have heard. One that it has
   * not heard of is not done any more.
   */
  settleOpen(hostId: string): void {
    const open = new Set([...(this.#unsettled.get(hostId) ?? []), ...(this.#inFlight.get(hostId)?.keys() ?? [])]);
    for (const commandId of open) this.#parts.links.send(hostId, { kind: 'cancelCommand', commandId });
  }

  /** The host answers a command; said twice, the first counts. Where not even the host knows, nothing more will come. */
  done(hostId: string, commandId: string, result: ActionResult, isFinal = true): void {
    const underWay = this.#inFlight.get(hostId)?.get(commandId);
    if (underWay !== undefined) {
      this.#forget(hostId, commandId);
      underWay.answer(result, isFinal);
    } else if (this.#unsettled.get(hostId)?.has(commandId)) {
      this.#write(commandId, hostId, result, isFinal);
    }
  }

  /** An event says that the host has carried a command out: the answer where no other comes. */
  carriedOut(hostId: string, commandId: string, result: ActionResult): void {
    const underWay = this.#inFlight.get(hostId)?.get(commandId);
    if (underWay === undefined) this.done(hostId, commandId, result);
    else underWay.told = result;
  }

  /**
   * It is gone, or will not be back in time: whether what is under way there was done is unknown until it reports. Said
   * twice, the first counts.
   */
  hostGone(hostId: string): void {
    for (const [commandId, { told }] of [...(this.#inFlight.get(hostId) ?? [])]) {
      const message = 'the host went away while the command was under way; its outcome is recorded when it returns';
      this.done(hostId, commandId, told ?? verdict('unknown', message), told !== undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    for (const hostId of [...this.#inFlight.keys()]) this.hostGone(hostId);
    this.#closing.abort(new FleetError('unavailable', 'the controller ended before the store took it'));
    await Promise.all(this.#writes);
  }

  #ask(hostId: string, commandId: string, { action, actor, reason, timeoutMs }: CommandRequest, answer: Answer): void {
    const underWay = this.#inFlight.get(hostId) ?? new Map<string, UnderWay>();
    if (underWay.size >= inFlightPerHostMax) {
      const message = `${inFlightPerHostMax} commands are under way on this host: try again when some have ended`;
      answer(verdict('rejected', message), true);
      return;
    }
    const ttlMs = Math.min(timeoutMs || defaultTimeoutMs, ttlMsMax);
    if (!this.#parts.links.send(hostId, { kind: 'command', commandId, actor, reason, action, ttlMs })) {
      answer(verdict('host-offline', this.#whyOffline(hostId)), true);
      return;
    }
    this.#inFlight.set(hostId, underWay.set(commandId, { answer, told: undefined }));
  }

  #whyOffline(hostId: string): string {
    return this.#parts.hosts.host(hostId)?.presence === 'upgrading'
      ? 'its agent is just being replaced: nothing was sent to it; try again in a moment'
      : 'the host is not connected: nothing was sent to it';
  }

  #cancel(timer: Timer): void {
    timer.cancel();
    this.#timers.delete(timer);
  }

  #endAfter(timeoutMs: number, hostIds: readonly string[], commandId: string): Timer {
    const timer = this.#parts.clock.schedule(after(this.#parts.clock.now(), timeoutMs), () => {
      this.#timers.delete(timer);
      const message = `no answer within ${timeoutMs / 1000} s; its outcome is recorded when the host reports it`;
      for (const hostId of hostIds) {
        const underWay = this.#inFlight.get(hostId)?.get(commandId);
        if (underWay === undefined) continue;
        this.done(hostId, commandId, underWay.told ?? verdict('unknown', message), underWay.told !== undefined);
      }
    });
    this.#timers.add(timer);
    return timer;
  }

  #forget(hostId: string, commandId: string): void {
    const underWay = this.#inFlight.get(hostId);
    underWay?.delete(commandId);
    if (underWay?.size === 0) this.#inFlight.delete(hostId);
  }

  #write(commandId: string, hostId: string, result: ActionResult, isFinal: boolean): void {
    const { clock, codec, log } = this.#parts;
    this.#noteOpen(hostId, commandId, !isFinal);
    const outcome = isFinal ? result.outcome : openOutcome;
    const record = { commandId, hostId, outcome, endedAtUs: clock.wallTimeUs() };
    const key = keyOf(commandId, hostId);
    const isWriting = this.#toWrite.has(key);
    this.#toWrite.set(key, { ...record, result: codec.encodeResult(commandId, result) });
    if (isWriting) return; // what is newest by then is written
    const write = this.#writeNewest(key)
      .catch((error) => log.error({ err: error, commandId, hostId }, 'cannot write down what came of a command'))
      .finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  /** A word that has to wait for the disk must not be written after, and over, a later one. */
  async #writeNewest(key: string): Promise<void> {
    const { store, watch } = this.#parts;
    try {
      let written: HostCommandRecord | undefined;
      for (let next = this.#toWrite.get(key); next !== undefined && next !== written; next = this.#toWrite.get(key)) {
        written = next;
        await watch.written(this.#closing.signal, () => store.settle([next]));
      }
    } finally {
      this.#toWrite.delete(key);
    }
  }

  /** Its final outcome is known, and waits for the disk. */
  #isAboutToSettle(commandId: string, hostId: string): boolean {
    const record = this.#toWrite.get(keyOf(commandId, hostId));
    return record !== undefined && record.outcome !== openOutcome;
  }

  #noteOpen(hostId: string, commandId: string, isOpen: boolean): void {
    const open = this.#unsettled.get(hostId) ?? new Set<string>();
    if (isOpen) open.add(commandId);
    else open.delete(commandId);
    if (open.size > 0) this.#unsettled.set(hostId, open);
    else this.#unsettled.delete(hostId);
  }
}

function keyOf(commandId: string, hostId: string): string {
  return `${commandId} ${hostId}`;
}

function verdict(outcome: Outcome, message: string): ActionResult {
  return { outcome, results: [], changes: undefined, message, problems: [] };
}
