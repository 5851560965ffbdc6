/** The bytes of one file to a document. Knows neither includes nor what sections mean. */

import type { ProblemList } from '../problem.ts';
import { decodeText } from './decode-text.ts';
import { emptyDocument, type IniDocument } from './document.ts';
import { readSections } from './read-sections.ts';

/** A config file's name, for messages and `%(here)s`, and its bytes. */
export interface ConfigInput {
  readonly file: string;
  readonly text: Uint8Array | string;
}

/** One file, without its includes. */
export function readDocument(input: ConfigInput, problems: ProblemList): IniDocument {
  const document = emptyDocument();
  readInto(document, input, problems);
  return document;
}

/** A further file, over what the document has so far. */
export function readInto(document: IniDocument, input: ConfigInput, problems: ProblemList): void {
  const decoded = decodeText(input.text);
  if (decoded.ok) readSections(decoded.text, input.file, document, problems);
  else {
    const { line, message } = decoded;
    const place = { file: input.file, line, section: undefined, option: undefined };
    problems.add({ ...place, message, allowed: 'text in UTF-8' });
  }
}
