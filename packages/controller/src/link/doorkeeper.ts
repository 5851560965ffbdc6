/**
 * Turns hosts away before they are asked who they are: when too many come at once, when there is more to do than time, and
 * when the controller is about to end. Each is told when to come again. Counts everyone who was refused, whatever for.
 */
import { isAtLeast, type LoadLevel } from '../fleet/load-level.ts';
import type { Refusal } from './to-wire.ts';
import type { RefusalCode } from './words.ts';

export interface DoorkeeperParts {
  readonly load: { readonly level: LoadLevel };
  /** Hosts that are known, and may all come at once. */
  readonly hostCount: () => number;
}

/** Streams that may be open before a session stands. */
const handshakesMax = 200;
const returnsPerSecond = 600;
const spreadMsMax = 20_000;

export class Doorkeeper {
  readonly #parts: DoorkeeperParts;
  readonly #refused = new Map<RefusalCode, number>();
  #isClosing = false;

  constructor(parts: DoorkeeperParts) {
    this.#parts = parts;
  }

  /** How many were refused since the start, by why. */
  get refused(): ReadonlyMap<RefusalCode, number> {
    return this.#refused;
  }

  /** Nobody comes in any more. */
  close(): void {
    this.#isClosing = true;
  }

  /** @param handshakes streams on which no session stands yet, without this one */
  judge(handshakes: number): Refusal | undefined {
    if (this.#isClosing) return this.#comeAgain('shutting-down', 'the controller is shutting down', 1_000);
    if (isAtLeast(this.#parts.load.level, 'no-sessions')) {
      return this.#comeAgain('overloaded', 'the controller is overloaded and takes in no host at this moment', 5_000);
    }
    if (handshakes < handshakesMax) return undefined;
    return this.#comeAgain('overloaded', `the controller is taking in ${handshakesMax} hosts at this moment`, 2_000);
  }

  /** Somebody was refused. */
  count(code: RefusalCode): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  /** The more may come, the more they have to be spread; each adds a wait of its own, which grows. */
  #comeAgain(code: RefusalCode, why: string, leastMs: number): Refusal {
    const spreadMs = Math.min(spreadMsMax, Math.round((this.#parts.hostCount() / returnsPerSecond) * 1000));
    return { code, message: `${why}: come again`, permanent: false, retryAfterMs: leastMs + spreadMs };
  }
}
