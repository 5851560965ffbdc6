/** The sessions that stand, one per host; the way through which everything reaches a host. */
import type { HostLinks, HostMessage } from '../fleet/host-links.ts';

/** A session, as others see it. */
export interface OpenSession {
  readonly hostId: string;
  readonly session: bigint;
  /** Hands a message over without waiting; false when it was not taken: the session is then cut. */
  send(message: HostMessage): boolean;
  /** Tells the host to dial again, so much later at the earliest, and ends it. */
  sendAway(reason: string, afterMs: number): void;
  /** Ends it; the first reason counts. */
  cut(reason: string): void;
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<void>;
}

export class SessionRegistry implements HostLinks {
  readonly #sessions = new Map<string, OpenSession>();

  get size(): number {
    return this.#sessions.size;
  }

  all(): readonly OpenSession[] {
    return [...this.#sessions.values()];
  }

  find(hostId: string): OpenSession | undefined {
    return this.#sessions.get(hostId);
  }

  /**
   * Lets a session stand. An older one of the same host is fenced, and is gone when this resolves.
   * @param entered called in the turn in which it stands: nobody has reached it before
   * @returns false when a newer one stands already
   */
  async enter(session: OpenSession, entered: () => void): Promise<boolean> {
    for (;;) {
      const other = this.#sessions.get(session.hostId);
      if (other === undefined) {
        this.#sessions.set(session.hostId, session);
        entered();
        return true;
      }
      if (other.session > session.session) return false;
      other.cut(`the host began session ${session.session}`);
      await other.ended;
    }
  }

  close({ hostId, session }: OpenSession): void {
    if (this.#sessions.get(hostId)?.session === session) this.#sessions.delete(hostId);
  }

  send(hostId: string, message: HostMessage): boolean {
    return this.#sessions.get(hostId)?.send(message) ?? false;
  }

  cut(hostId: string, reason: string): void {
    this.#sessions.get(hostId)?.cut(reason);
  }

  /** Ends every session and waits for all of them. */
  async cutAll(reason: string): Promise<void> {
    const sessions = this.all();
    for (const session of sessions) session.cut(reason);
    await Promise.all(sessions.map(({ ended }) => ended));
  }
}
