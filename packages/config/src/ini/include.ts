/** `[include]`: which further files are read into the document, and what `%(here)s` means in each. */

import type { ConfigWarning } from '../daemon-specs.ts';
import { expand } from '../expand/expand.ts';
import type { ParseContext } from '../parse-context.ts';
import { absolutePath, dirname, joinPath } from '../paths.ts';
import type { ProblemList } from '../problem.ts';
import { type IniDocument, optionOf, optionsOf } from './document.ts';
import { splitWords } from './python-text.ts';
import { readInto } from './read-document.ts';

export interface Included {
  /** In the order they were read. */
  readonly files: readonly string[];
  readonly infos: readonly string[];
  readonly warnings: readonly ConfigWarning[];
}

const NOTHING: Included = { files: [], infos: [], warnings: [] };

/** Reads what the document's `[include]` names into the document. An `[include]` in an included file is ignored. */
export function readIncludes(
  document: IniDocument,
  here: string,
  mainFile: string,
  context: ParseContext,
  problems: ProblemList,
): Included {
  const section = document.sections.get('include');
  if (section === undefined) return NOTHING;
  expandHere(document, here);
  const option = optionOf(document, section, 'files');
  if (option === undefined) {
    const message = '.ini file has [include] section, but no files setting';
    problems.addToSection(section.source, 'include', 'files', message, 'glob patterns between white space');
    return NOTHING;
  }
  const scope = {
    names: { here, ...(context.hostNodeName === undefined ? {} : { host_node_name: context.hostNodeName }) },
    env: context.env,
    unknownEnv: context.unknownEnv,
  };
  const patterns = expand(option.value, scope, 'include.files');
  if (!patterns.ok) {
    const { message, allowed } = patterns;
    problems.add({ ...option.source, section: 'include', option: 'files', message, allowed });
    return NOTHING;
  }
  if (!patterns.isComplete) return NOTHING;

  const base = dirname(absolutePath(context.cwd, mainFile));
  const files: string[] = [];
  const warnings: ConfigWarning[] = [];
  for (const word of splitWords(patterns.text)) {
    const pattern = joinPath(base, word);
    const matches = context.glob(pattern).toSorted();
    if (matches.length === 0) {
      const message = `No file matches via include "${pattern}"`;
      warnings.push({ ...option.source, section: 'include', message });
    }
    for (const file of matches) {
      files.push(file);
      readIncludedFile(document, file, context, problems);
    }
  }
  return { files, warnings, infos: files.map((file) => `Included extra file "${file}" during parsing`) };
}

function readIncludedFile(document: IniDocument, file: string, context: ParseContext, problems: ProblemList): void {
  const text = context.readFile(file);
  if (text === undefined) return;
  readInto(document, { file, text }, problems);
  expandHere(document, dirname(absolutePath(context.cwd, file)));
}

/** Plain replacement in every value read so far: Supervisor does this right after each file, before any `%%` is looked at. */
function expandHere(document: IniDocument, here: string): void {
  for (const section of document.sections.values()) {
    const options = document.defaults.size === 0 ? section.options : optionsOf(document, section);
    for (const [key, option] of options) {
      if (!option.value.includes('%(here)s')) continue;
      section.options.set(key, { ...option, value: option.value.replaceAll('%(here)s', () => here) });
    }
  }
}
