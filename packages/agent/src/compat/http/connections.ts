/** All connections of one server: bounded, the idle ones are let go first. Without one there is no timer and no wakeup. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { after, type Clock } from '@fleetvisor/primitives';
import { Connection } from './connection.ts';

/** When the server closes, what has been answered may still reach a client that reads on. */
const CLOSE_MS_MAX = 1_000;

export class Connections {
  readonly #clock: Clock;
  readonly #max: number;
  /** Longest idle first, as far as they are idle. */
  readonly #all = new Map<Socket, Connection>();
  #onEmpty: (() => void) | undefined;
  #onQuiet: (() => void)[] = [];

  constructor(clock: Clock, max: number) {
    this.#clock = clock;
    this.#max = max;
  }

  get size(): number {
    return this.#all.size;
  }

  /**
   * Takes in a new connection. Idle ones stay for hours, as in Supervisor, whose listeners ask once an hour on a connection they
   * keep; only when there are too many the longest idle one has to go, and when none is idle the new one.
   */
  add(socket: Socket): void {
    if (this.#all.size >= this.#max && !this.#dropLongestIdle()) {
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, this.#clock, () => {
      if (this.#all.delete(socket)) this.#all.set(socket, connection);
      this.#tellIfQuiet();
    });
    this.#all.set(socket, connection);
    socket.once('close', () => this.#forget(socket));
  }

  begin(request: IncomingMessage, response: ServerResponse): void {
    this.#all.get(request.socket)?.begin(request, response);
  }

  isIdle(socket: Socket): boolean {
    return this.#all.get(socket)?.isIdle ?? false;
  }

  /** @returns whether it ends by itself, once what it asked before is answered */
  endWhenAnswered(socket: Socket): boolean {
    return this.#all.get(socket)?.endWhenAnswered() ?? false;
  }

  /** Resolves when nothing is under way on any of them. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#onQuiet.push(resolve);
      this.#tellIfQuiet();
    });
  }

  /** Those that another life of the agent can go on with. */
  untouched(): readonly Socket[] {
    return [...this.#all].filter(([, connection]) => connection.isUntouched).map(([socket]) => socket);
  }

  /** Ends all of them, long answers too, and waits until they are gone. */
  async close(): Promise<void> {
    // What was done in this turn of the event loop is answered first: it may be the very call that has us close.
    await new Promise(setImmediate);
    if (this.#all.size === 0) return;
    const gone = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const connection of this.#all.values()) connection.end();
    const giveUp = this.#clock.schedule(after(this.#clock.now(), CLOSE_MS_MAX), () => {
      for (const connection of this.#all.values()) connection.destroy();
    });
    await gone;
    giveUp.cancel();
  }

  #dropLongestIdle(): boolean {
    for (const [socket, connection] of this.#all) {
      if (!connection.isIdle) continue;
      this.#forget(socket);
      connection.destroy();
      return true;
    }
    return false;
  }

  #forget(socket: Socket): void {
    this.#all.delete(socket);
    this.#tellIfQuiet();
    if (this.#all.size === 0) this.#onEmpty?.();
  }

  #tellIfQuiet(): void {
    if (this.#onQuiet.length === 0 || [...this.#all.values()].some((connection) => !connection.isIdle)) return;
    for (const resolve of this.#onQuiet.splice(0)) resolve();
  }
}
