/** Something that must hold, judged from outside: it believes what the machines did, not what anybody says. */
import type { Observer } from '../observer.ts';
import type { World } from '../world.ts';

export interface Checker {
  /** For people, as in `acknowledged events are stored`. */
  readonly name: string;
  /** What it sees as it happens; it calls `violated` itself. */
  readonly observer?: Observer;
  /** Now and then, also in the middle of all troubles. @returns what is wrong */
  tick?(): string | undefined;
  /** When nothing breaks any more, before anybody does anything about it. @returns what is not as it should be, yet */
  atCalm?(): string | undefined;
  /** After a person has pushed everything once more. @returns what is not as it should be, yet */
  atRest?(): string | undefined;
  [Symbol.dispose]?(): void;
}

export type MakeChecker = (world: World) => Checker;
