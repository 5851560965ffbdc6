/** The story: lines for people, and a digest over all that happened, by which two runs of one seed are compared. */
import { createHash } from 'node:crypto';
import type { Timeline } from './timeline.ts';

export class Trace {
  readonly lines: string[] = [];
  readonly #timeline: Timeline;
  readonly #hash = createHash('sha256');

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Something a reader of the story wants to know. @param who a host, the controller, a person */
  tell(who: string, what: string): void {
    const seconds = (this.#timeline.nowUs / 1e6).toFixed(3).padStart(8);
    const line = `${seconds}  ${who.padEnd(10)}  ${what}`;
    this.lines.push(line);
    this.#hash.update(`${line}\n`);
  }

  /** Something only the digest hears of. */
  note(what: string): void {
    this.#hash.update(`${this.#timeline.nowUs} ${what}\n`);
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
