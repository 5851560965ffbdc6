/**
 * Says once that a log cannot be written, and once that it can again, with how much was lost: a full disk must neither
 * stop the agent nor fill its main log with one line per write.
 */
import type { LogReporter } from './log-reporter.ts';

export class LostBytes {
  readonly #path: string;
  readonly #report: LogReporter;
  #isFailing = false;
  #sinceFailure = 0;

  constructor(path: string, report: LogReporter) {
    this.#path = path;
    this.#report = report;
  }

  failed(count: number, errno: string): void {
    this.#sinceFailure += count;
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#report('error', `cannot write ${this.#path}: ${errno}; output is lost until it can be written again`);
  }

  succeeded(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#report('warn', `${this.#path} can be written again; ${this.#sinceFailure} bytes of output were lost`);
    this.#sinceFailure = 0;
  }
}
