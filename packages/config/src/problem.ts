/** What is wrong with a config file, and how it is said on one line. Knows nothing of how files are read. */

import type { Source } from './specs.ts';

export interface ConfigProblem {
  readonly file: string;
  /** From 1; 0 when the problem is with the file as a whole. */
  readonly line: number;
  readonly section: string | undefined;
  readonly option: string | undefined;
  /** Holds Supervisor's own words where it has any. */
  readonly message: string;
  /** What would be right. */
  readonly allowed?: string | undefined;
  /** The line as it stands, where it is none of a config file's. */
  readonly text?: string;
}

/** One line: `FILE:LINE: [section] option: message; allowed: ...`. */
export function formatProblem(problem: ConfigProblem): string {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:` : `${problem.file}:`;
  const section = problem.section === undefined ? '' : ` [${problem.section}]`;
  const option = problem.option === undefined ? '' : ` ${problem.option}`;
  const colon = section === '' && option === '' ? '' : ':';
  const allowed = problem.allowed === undefined ? '' : `; allowed: ${problem.allowed}`;
  return `${place}${section}${option}${colon} ${problem.message}${allowed}`.replaceAll('\n', '\\n');
}

/** Collects problems, so that all are told at once; the same place is told once. */
export class ProblemList {
  readonly #byPlace = new Map<string, ConfigProblem>();

  add(problem: ConfigProblem): void {
    const { file, line, section, option, message } = problem;
    const place = JSON.stringify([file, line, section, option ?? message]);
    if (!this.#byPlace.has(place)) this.#byPlace.set(place, problem);
  }

  /** A problem with a section as a whole, or with an option that is missing from it. */
  addToSection(source: Source, section: string, option: string | undefined, message: string, allowed?: string): void {
    this.add({ file: source.file, line: source.line, section, option, message, allowed });
  }

  get isEmpty(): boolean {
    return this.#byPlace.size === 0;
  }

  /** Sorted by file in the order of first mention, then by line. */
  all(): readonly ConfigProblem[] {
    const problems = [...this.#byPlace.values()];
    const files = [...new Set(problems.map((problem) => problem.file))];
    return problems.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
  }
}
