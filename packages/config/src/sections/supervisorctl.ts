/** `[supervisorctl]`: what a client on this host uses to find and name its daemon. */

import type { CtlSpec } from '../daemon-specs.ts';
import type { IniSection } from '../ini/document.ts';
import { absolutePath, expandUser } from '../paths.ts';
import { ProblemList } from '../problem.ts';
import { OptionReader } from './option-reader.ts';
import type { Reading } from './reading.ts';

const UNIX = 'unix://';

/**
 * For a daemon, which only wants to know of it. A mistake here must not stop it: supervisord never reads this section, and
 * `%(ENV_USER)s` is known to the person at the terminal and not to a service. What cannot be read has its default.
 */
export function readSupervisorctl(reading: Reading): CtlSpec | undefined {
  const section = reading.document.sections.get('supervisorctl');
  return section === undefined ? undefined : readCtlSection({ ...reading, problems: new ProblemList() }, section);
}

/** For the client itself, which says what is wrong. */
export function readCtlSection(reading: Reading, section: IniSection): CtlSpec {
  const withHere = new OptionReader(reading, section, { here: reading.here });
  const options = new OptionReader(reading, section);
  const { cwd, homeOf } = reading.context;
  const path = (text: string) => absolutePath(cwd, expandUser(text, homeOf));
  const serverurl = withHere.text('serverurl') ?? 'http://localhost:9001';
  const historyFile = withHere.text('history_file');
  return {
    serverurl: serverurl.startsWith(UNIX) ? UNIX + path(serverurl.slice(UNIX.length)) : serverurl,
    username: options.text('username'),
    password: options.text('password'),
    prompt: options.text('prompt') ?? 'supervisor',
    historyFile: historyFile === undefined || historyFile === '' ? undefined : path(historyFile),
  };
}
