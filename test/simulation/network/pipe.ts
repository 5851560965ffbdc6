/**
 * One direction of a connection: what is put in comes out in order, later, as long as the way is free; a window bounds what
 * is on the way or unread. It can end in order, or break at either side without the other knowing.
 */
import { abortable, FleetError } from '@fleetvisor/primitives';
import type { Timeline } from '../engine/timeline.ts';

export interface PipeParts {
  readonly timeline: Timeline;
  /** Of the next piece. */
  readonly latencyMs: () => number;
  /** Nothing passes now. */
  readonly isBlocked: () => boolean;
}

/** Messages on the way or unread: more make the sender wait. */
export const windowMax = 64;

type Piece = { readonly bytes: Uint8Array } | 'end' | { readonly reset: string };

export class Pipe {
  readonly #parts: PipeParts;
  readonly #way: { readonly piece: Piece; readonly atUs: number }[] = [];
  readonly #inbox: Uint8Array[] = [];
  #lastAtUs = 0;
  #isMoving = false;
  /** Everything that is put in disappears. */
  #isCut = false;
  /** Why the sender can send nothing more. */
  #sendFailure: FleetError | undefined;
  /** What the receiver finds once it has read all: the end, or a failure. */
  #receiveEnd: 'end' | FleetError | undefined;
  #arrived = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();

  constructor(parts: PipeParts) {
    this.#parts = parts;
  }

  /** On the way or unread. */
  get size(): number {
    return this.#way.length + this.#inbox.length;
  }

  /** @throws FleetError `unavailable` when the sender knows that it is broken; the signal's reason when aborted */
  async send(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#sendFailure !== undefined) throw this.#sendFailure;
      if (this.size < windowMax) break;
      await (signal === undefined ? this.#room.promise : abortable(this.#room.promise, signal));
    }
    this.#put({ bytes });
  }

  /** Nothing more is sent; what is on the way arrives. */
  end(): void {
    if (this.#sendFailure !== undefined) return;
    this.failSender('the stream was ended');
    this.#put('end');
  }

  /** The sender is gone, and its kernel says so behind what it had sent. */
  reset(reason: string): void {
    this.failSender(reason);
    this.#put({ reset: reason });
  }

  /** What is on the way is lost, and so is all that follows; nobody is told. */
  cut(): void {
    this.#isCut = true;
    this.#way.length = 0;
  }

  failSender(reason: string): void {
    this.#sendFailure ??= new FleetError('unavailable', reason);
    this.#wakeSender();
  }

  failReceiver(reason: string): void {
    this.#receiveEnd ??= new FleetError('unavailable', reason);
    this.#arrived.resolve();
  }

  /** The way may be free again. */
  move(): void {
    const head = this.#way[0];
    if (this.#isMoving || head === undefined || this.#parts.isBlocked()) return;
    this.#isMoving = true;
    this.#parts.timeline.at(head.atUs, () => {
      this.#isMoving = false;
      if (this.#way[0] === head && !this.#parts.isBlocked()) this.#deliver(head.piece);
      this.move();
    });
  }

  /** undefined: it has ended in order. @throws FleetError when it has not */
  async receive(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = this.#inbox.shift();
      if (bytes !== undefined) {
        this.#wakeSender();
        return bytes;
      }
      if (this.#receiveEnd === 'end') return undefined;
      if (this.#receiveEnd !== undefined) throw this.#receiveEnd;
      await this.#arrived.promise;
    }
  }

  #put(piece: Piece): void {
    if (this.#isCut) return;
    const { timeline, latencyMs } = this.#parts;
    this.#lastAtUs = Math.max(this.#lastAtUs, timeline.nowUs + Math.round(latencyMs() * 1000));
    this.#way.push({ piece, atUs: this.#lastAtUs });
    this.move();
  }

  #deliver(piece: Piece): void {
    this.#way.shift();
    if (piece === 'end') this.#receiveEnd ??= 'end';
    else if ('reset' in piece) this.failReceiver(piece.reset);
    else if (this.#receiveEnd === undefined) this.#inbox.push(piece.bytes);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    this.#wakeSender();
  }

  #wakeSender(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }
}
