/** Text to sections, as Python's RawConfigParser reads them (non-strict). Knows nothing of Supervisor's options. */

import type { ProblemList } from '../problem.ts';
import type { IniDocument, IniOption } from './document.ts';
import { indentOf, pythonRepr, strip, stripEnd } from './python-text.ts';
import { stripComment } from './strip-comment.ts';

const LINE_FORMS = '[section], key = value, a deeper indented line that continues a value, or a comment with ; or #';

interface OpenOption {
  readonly key: string;
  readonly line: number;
  readonly lines: string[];
}

/** Adds what the text says to the document: later files add to sections and override options. Bad lines go to problems. */
export function readSections(text: string, file: string, document: IniDocument, problems: ProblemList): void {
  new SectionsReader(file, document, problems).read(text);
}

class SectionsReader {
  readonly #file: string;
  readonly #document: IniDocument;
  readonly #problems: ProblemList;
  #options: Map<string, IniOption> | undefined;
  #sectionName: string | undefined;
  #open: OpenOption | undefined;
  #indent = 0;

  constructor(file: string, document: IniDocument, problems: ProblemList) {
    this.#file = file;
    this.#document = document;
    this.#problems = problems;
  }

  read(text: string): void {
    const lines = text.split('\n');
    // The end of the last line is not an empty line of its own.
    if (lines.at(-1) === '') lines.pop();
    for (const [index, line] of lines.entries()) {
      if (!this.#readLine(line, index + 1)) return;
    }
    this.#close();
  }

  /** False when nothing after this line can make sense. */
  #readLine(line: string, number: number): boolean {
    const { text, hadComment } = stripComment(line);
    if (text === '') {
      if (!hadComment) this.#open?.lines.push('');
      return true;
    }
    const indent = indentOf(line);
    if (this.#open !== undefined && indent > this.#indent) {
      this.#open.lines.push(text);
      return true;
    }
    this.#indent = indent;
    const header = /^\[([^\n]+)\]/.exec(text)?.[1];
    if (header !== undefined) this.#openSection(header, number);
    else if (this.#options === undefined) return this.#refuseStrayLine(line, number);
    else this.#readOption(text, line, number);
    return true;
  }

  #openSection(name: string, line: number): void {
    this.#close();
    this.#sectionName = name;
    const source = { file: this.#file, line };
    if (name === 'DEFAULT') {
      this.#document.defaultsSource ??= source;
      this.#options = this.#document.defaults;
      return;
    }
    let section = this.#document.sections.get(name);
    if (section === undefined) {
      section = { name, source, options: new Map() };
      this.#document.sections.set(name, section);
    }
    this.#options = section.options;
  }

  #readOption(text: string, line: string, number: number): void {
    const delimiter = text.search(/[=:]/);
    const key = stripEnd(text.slice(0, delimiter)).toLowerCase();
    // A line without delimiter leaves the option before it open: Python adds deeper lines to that one all the same.
    if (delimiter !== -1) this.#close();
    if (delimiter === -1 || key === '') {
      this.#problem(line, number, this.#sectionName, `Source contains parsing errors: ${pythonRepr(line)}`);
      return;
    }
    this.#open = { key, line: number, lines: [strip(text.slice(delimiter + 1))] };
  }

  #refuseStrayLine(line: string, number: number): false {
    const message = `File contains no section headers: ${pythonRepr(line)} comes before the first one`;
    const allowed = line.startsWith('\ufeff') ? 'a file without a byte order mark' : LINE_FORMS;
    this.#problem(line, number, undefined, message, allowed);
    return false;
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { key, line, lines } = this.#open;
    this.#options?.set(key, { value: stripEnd(lines.join('\n')), source: { file: this.#file, line } });
    this.#open = undefined;
  }

  #problem(text: string, line: number, section: string | undefined, message: string, allowed = LINE_FORMS): void {
    this.#problems.add({ file: this.#file, line, section, option: undefined, message, allowed, text });
  }
}
