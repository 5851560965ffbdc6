/** A config file in its canonical form: what stays when comments, order and spacing are taken away. */

import type { IniDocument, IniOption } from './ini/document.ts';
import { strip } from './ini/python-text.ts';
import { type ConfigInput, readDocument } from './ini/read-document.ts';
import { stripComment } from './ini/strip-comment.ts';
import { type ConfigProblem, ProblemList } from './problem.ts';
import { byText } from './text-order.ts';

export type CanonicalText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * For the meaning hash of a revision: two files that say the same give the same text. Values stand as written, since
 * what `%(...)s` means differs from host to host. Reading the text again gives the same text.
 */
export function canonicalText(input: ConfigInput): CanonicalText {
  const problems = new ProblemList();
  const document = readDocument(input, problems);
  return problems.isEmpty ? { ok: true, text: printDocument(document) } : { ok: false, problems: problems.all() };
}

/** `[DEFAULT]` first, then the sections by name, in each the options by key. */
export function printDocument(document: IniDocument): string {
  const sections = [...document.sections.values()].toSorted((a, b) => byText(a.name, b.name));
  const defaults = document.defaultsSource === undefined ? [] : [printSection('DEFAULT', document.defaults)];
  return [...defaults, ...sections.map(({ name, options }) => printSection(name, options))].join('\n');
}

function printSection(name: string, options: ReadonlyMap<string, IniOption>): string {
  const entries = [...options].toSorted(([a], [b]) => byText(a, b));
  return `${[printLine(`[${name}]`), ...entries.map(([key, { value }]) => printOption(key, value))].join('\n')}\n`;
}

function printOption(key: string, value: string): string {
  const [first = '', ...more] = value.split('\n');
  return [printLine(`${key}=${first}`), ...more.map((line) => (line === '' ? '' : printLine(`\t${line}`)))].join('\n');
}

/**
 * Text that was read may hold a comment sign after a blank, because of the order in which signs are looked for (see
 * stripComment). An empty comment at the end makes it be read the same way again.
 */
function printLine(line: string): string {
  const isReadWhole = (candidate: string) => stripComment(candidate).text === strip(line);
  return ['', ' ;', ' #'].map((end) => line + end).find(isReadWhole) ?? line;
}
