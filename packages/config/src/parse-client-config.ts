/** A config file as supervisorctl reads it: one section of the main file alone. Includes are not followed, as there. */

import type { CtlSpec } from './daemon-specs.ts';
import { optionOf } from './ini/document.ts';
import { type ConfigInput, readDocument } from './ini/read-document.ts';
import { neutralContext, type ParseContext } from './parse-context.ts';
import { absolutePath, dirname } from './paths.ts';
import { type ConfigProblem, ProblemList } from './problem.ts';
import { type Reading, WarningList } from './sections/reading.ts';
import { readCtlSection } from './sections/supervisorctl.ts';

export type ClientConfigResult =
  | { readonly ok: true; readonly ctl: CtlSpec }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads the `[supervisorctl]` section of a `supervisord.conf`, which must be there, and refuses what supervisorctl refuses. */
export function parseClientConfig(
  input: ConfigInput,
  host: Pick<ParseContext, 'env' | 'cwd' | 'homeOf'>,
): ClientConfigResult {
  const problems = new ProblemList();
  const document = readDocument(input, problems);
  // Half a document would give problems that are only echoes.
  if (!problems.isEmpty) return { ok: false, problems: problems.all() };
  const section = document.sections.get('supervisorctl');
  if (section === undefined) {
    const message = '.ini file does not include supervisorctl section';
    return {
      ok: false,
      problems: [{ file: input.file, line: 0, section: 'supervisorctl', option: undefined, message }],
    };
  }
  const { env, cwd, homeOf } = host;
  const context: ParseContext = { ...neutralContext(), unknownEnv: 'error', env, cwd, homeOf };
  const here = dirname(absolutePath(cwd, input.file));
  const reading: Reading = { document, context, here, env, problems, warnings: new WarningList() };
  const ctl = readCtlSection(reading, section);
  checkPlugins(reading);
  return problems.isEmpty ? { ok: true, ctl } : { ok: false, problems: problems.all() };
}

const FACTORY = 'supervisor.ctl_factory';

/** Plugins are Python and are not loaded; one that is not even complete is refused as in supervisorctl. */
function checkPlugins(reading: Reading): void {
  for (const section of reading.document.sections.values()) {
    if (!section.name.startsWith('ctlplugin:') || optionOf(reading.document, section, FACTORY) !== undefined) continue;
    const message = `section [${section.name}] does not specify a ${FACTORY}`;
    reading.problems.addToSection(section.source, section.name, FACTORY, message);
  }
}
