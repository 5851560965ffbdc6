/**
 * The durable queue of events: each is on the disk before it is sent, and is kept until the controller has it and for a
 * day longer, for a store restored from a backup. When there is no room the least important go first, and a tombstone
 * says which. Appending never waits for the disk.
 */
import {
  abortable,
  after,
  type Clock,
  FleetError,
  messageOf,
  type Random,
  sleep,
  type Timer,
  uuidv7,
} from '@fleetvisor/primitives';
import { EventBody } from '@fleetvisor/protocol/common';
import type { EventAsk, SpooledEvent } from '../bridge/port.ts';
import type { AgentDb } from './agent-db.ts';
import { importanceOf } from './importance.ts';
import { JointCommit, type Write } from './joint-commit.ts';
import { defaultSpoolLimits, type SpoolLimits } from './spool-limits.ts';
import { dropLeastImportant, firstBytes, kindsOf, rowBytes, type SpoolRow, tombstone } from './spool-row.ts';
import { type Numbering, SpoolTable } from './spool-table.ts';

/** How long acknowledged events are kept. */
const keptUs = 24n * 3_600_000_000n;
const trimEveryMs = 60_000;
const trimBytesMax = 2 ** 20;
const retryMs = 1000;

export interface SpoolOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits?: SpoolLimits;
  /** Called when the disk stops taking events: once, until it has taken some again. They wait in memory meanwhile. */
  readonly onTrouble: (error: FleetError) => void;
  /** Runs something once pending I/O has been seen to; setImmediate unless told otherwise. */
  readonly defer?: (run: () => void) => void;
  /** With whom events are written; alone unless told. */
  readonly commit?: JointCommit;
}

/** Where the numbering stands, for Hello. */
export interface EventPosition {
  readonly epoch: string;
  readonly firstSeq: bigint;
  readonly nextSeq: bigint;
  readonly ackedSeq: bigint;
}

export interface EventsAfter {
  readonly epoch: string;
  readonly events: readonly SpooledEvent[];
}

/** The numbering goes on, or events were numbered anew under a new epoch: then the link must introduce itself again. */
export type AckOutcome = 'kept' | 'renumbered';

export class Spool implements AsyncDisposable {
  readonly #db: AgentDb;
  readonly #table: SpoolTable;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #limits: SpoolLimits;
  readonly #onTrouble: (error: FleetError) => void;
  readonly #commit: JointCommit;
  #numbering: Numbering;
  #nextSeq: bigint;
  #storedBytes: number;
  #pending: SpoolRow[] = [];
  #pendingBytes = 0;
  readonly #defer: (run: () => void) => void;
  #isFlushDue = false;
  #retry: Timer | undefined;
  #isTroubled = false;
  #nextTrimAt = 0;
  #appended = Promise.withResolvers<void>();

  constructor(db: AgentDb, options: SpoolOptions) {
    const { clock, random, limits = defaultSpoolLimits, onTrouble } = options;
    const { commit = new JointCommit(db), defer = (run) => void setImmediate(run) } = options;
    this.#db = db;
    this.#table = new SpoolTable(db);
    this.#clock = clock;
    this.#random = random;
    this.#limits = limits;
    this.#onTrouble = onTrouble;
    this.#defer = defer;
    this.#commit = commit;
    commit.join({ begin: () => this.#begin() });
    this.#numbering = this.#table.numbering() ?? this.#startEpoch();
    this.#nextSeq = this.#table.newestSeq() + 1n;
    this.#storedBytes = this.#table.bytes();
  }

  get position(): EventPosition {
    const { epoch, ackedSeq } = this.#numbering;
    const firstSeq = this.#table.firstSeq() ?? this.#pending[0]?.firstSeq ?? this.#nextSeq;
    return { epoch, firstSeq, nextSeq: this.#nextSeq, ackedSeq };
  }

  /** Everything that is kept, in bytes. */
  get bytes(): number {
    return this.#storedBytes + this.#pendingBytes;
  }

  /** Nothing waits for the disk. */
  get isWritten(): boolean {
    return this.#pending.length === 0;
  }

  /** Numbers the event and keeps it; what one turn of the event loop appends is written as one transaction. */
  append(event: EventBody): bigint {
    const seq = this.#nextSeq++;
    const atUs = this.#clock.wallTimeUs();
    const body = EventBody.encode(event).finish();
    const row: SpoolRow =
      body.length > this.#limits.bodyBytesMax
        ? tombstone({ firstSeq: seq, seq }, kindsOf([body]), atUs)
        : { seq, firstSeq: seq, atUs, importance: importanceOf(event), body };
    this.#pending.push(row);
    this.#pendingBytes += rowBytes(row);
    if (!this.#isFlushDue) this.#defer(() => this.flush());
    this.#isFlushDue = true;
    return seq;
  }

  /**
   * What is asked for, in order, once there is at least one and all of them are on the disk.
   * @throws the signal's reason when aborted.
   */
  async eventsAfter(ask: EventAsk, signal: AbortSignal): Promise<EventsAfter> {
    for (;;) {
      signal.throwIfAborted();
      const appended = this.#appended.promise;
      try {
        this.flush();
        const answer = await this.#handOut(ask);
        if (answer !== undefined) return answer;
      } catch (cause) {
        this.#tell('cannot put events on the disk', cause);
        await sleep(this.#clock, retryMs, signal);
        continue;
      }
      await abortable(appended, signal);
    }
  }

  /** Everything up to here is on the controller's disk. @throws as resumeFrom. */
  acked(epoch: string, upToSeq: bigint): AckOutcome {
    if (epoch !== this.#numbering.epoch || upToSeq <= this.#numbering.ackedSeq) return 'kept';
    return this.resumeFrom(upToSeq);
  }

  /**
   * A session begins and the controller says what it has of this epoch. It has less than we knew when its store was
   * restored from a backup: then the rest is sent again. It has more than we ever made when ours was: then our numbers
   * mean other events than the same numbers there, and what is unsent gets new ones in a new epoch.
   * @throws when the disk does not take the new epoch; the session must then not go on.
   */
  resumeFrom(ackedSeq: bigint): AckOutcome {
    if (ackedSeq >= this.#nextSeq) {
      this.#renumber();
      return 'renumbered';
    }
    this.#noteAcked(ackedSeq);
    return 'kept';
  }

  /** Writes what waits; what the disk does not take goes on waiting. */
  flush(): void {
    if (this.#pending.length > 0) this.#commit.flush();
  }

  /** Writes what waits and puts it on the disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.flush();
    this.#retry?.cancel();
    if (this.#db.isOpen) await this.#db.synced();
  }

  #begin(): Write | undefined {
    this.#isFlushDue = false;
    if (this.#pending.length === 0 || !this.#db.isOpen) return undefined;
    return {
      run: () => this.#table.insert(this.#pending),
      done: (error) => (error === undefined ? this.#written() : this.#waitForDisk(error)),
    };
  }

  #written(): void {
    this.#storedBytes += this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#isTroubled = false;
    this.#keepWithinBounds();
    this.#appended.resolve();
    this.#appended = Promise.withResolvers();
  }

  async #handOut({
    afterSeq,
    countMax,
    bytesMax = Number.POSITIVE_INFINITY,
  }: EventAsk): Promise<EventsAfter | undefined> {
    const { epoch } = this.#numbering;
    const { answerBytesMax } = this.#limits;
    const rows = firstBytes(this.#table.after(afterSeq, countMax), Math.min(bytesMax, answerBytesMax));
    const last = rows.at(-1);
    if (last === undefined) return undefined;
    if (last.seq > this.#numbering.handedOutSeq) this.#setNumbering({ ...this.#numbering, handedOutSeq: last.seq });
    await this.#db.synced();
    return { epoch, events: rows.map(({ seq, atUs, body }) => ({ seq, atUs, body })) };
  }

  #keepWithinBounds(): void {
    const excess = this.#storedBytes - this.#limits.bytesMax;
    if (excess <= 0) return;
    // A little more than needed, so that a full spool does not drop at every append.
    const freeBytes = excess + this.#limits.bytesMax / 64;
    try {
      this.#storedBytes -= this.#db.transaction(() =>
        this.#table.makeRoom(freeBytes, this.#numbering, this.#clock.wallTimeUs()),
      );
    } catch (cause) {
      this.#tell('cannot make room for events', cause);
    }
  }

  #waitForDisk(cause: unknown): void {
    const excess = this.#pendingBytes - this.#limits.pendingBytesMax;
    if (excess > 0) {
      const freeBytes = excess + this.#limits.pendingBytesMax / 8;
      this.#pending = dropLeastImportant(this.#pending, freeBytes, this.#clock.wallTimeUs());
      this.#pendingBytes = this.#pending.reduce((sum, row) => sum + rowBytes(row), 0);
    }
    this.#tell('cannot write events', cause);
    if (this.#retry === undefined) this.#armRetry();
  }

  #armRetry(): void {
    this.#retry = this.#clock.schedule(after(this.#clock.now(), retryMs), () => {
      this.flush();
      if (this.#pending.length > 0) this.#armRetry();
    });
  }

  #tell(what: string, cause: unknown): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    const path = `${this.#db.folder}/agent.db`;
    const text = `${what} to ${path}: ${messageOf(cause)}; free space on its disk, or mend it. Trying again every second`;
    this.#onTrouble(new FleetError('unavailable', text, { path }, { cause }));
  }

  #trim(): void {
    const now = this.#clock.now();
    if (now < this.#nextTrimAt) return;
    this.#nextTrimAt = after(now, trimEveryMs);
    const beforeUs = this.#clock.wallTimeUs() - keptUs;
    this.#storedBytes -= this.#db.transaction(() =>
      this.#table.trimAcked(this.#numbering.ackedSeq, beforeUs, trimBytesMax),
    );
  }

  /** A full disk must not end the session: the controller says again what it has when the next one begins. */
  #noteAcked(ackedSeq: bigint): void {
    const before = this.#numbering.ackedSeq;
    this.#numbering = { ...this.#numbering, ackedSeq };
    try {
      if (ackedSeq !== before) this.#setNumbering(this.#numbering);
      this.#trim();
    } catch (cause) {
      this.#tell('cannot note what the controller has', cause);
    }
  }

  #setNumbering(numbering: Numbering): void {
    this.#db.transaction(() => this.#table.setNumbering(numbering));
    this.#numbering = numbering;
  }

  #startEpoch(): Numbering {
    const numbering = this.#newNumbering();
    this.#db.transaction(() => this.#table.setNumbering(numbering));
    return numbering;
  }

  #renumber(): void {
    this.flush();
    if (this.#pending.length > 0) {
      throw new FleetError('unavailable', 'cannot number the events anew: the disk takes no writes');
    }
    const numbering = this.#newNumbering();
    this.#db.transaction(() => {
      this.#table.renumber(this.#numbering.ackedSeq);
      this.#table.setNumbering(numbering);
    });
    this.#numbering = numbering;
    this.#nextSeq = this.#table.newestSeq() + 1n;
    this.#storedBytes = this.#table.bytes();
  }

  #newNumbering(): Numbering {
    return { epoch: uuidv7(this.#clock.wallTimeUs(), this.#random), ackedSeq: 0n, handedOutSeq: 0n };
  }
}
