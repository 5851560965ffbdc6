/** `[supervisorctl]`: what the client on this host would use. */

import type { CtlSpec } from '../daemon-specs.ts';
import { absolutePath, expandUser } from '../paths.ts';
import { ProblemList } from '../problem.ts';
import { OptionReader } from './option-reader.ts';
import type { Reading } from './reading.ts';

const UNIX = 'unix://';

/**
 * A mistake here must not stop a daemon: supervisord never reads this section, and `%(ENV_USER)s` is known to the
 * person at the terminal and not to a service. What cannot be read has its default.
 */
export function readSupervisorctl(reading: Reading): CtlSpec | undefined {
  const section = reading.document.sections.get('supervisorctl');
  if (section === undefined) return undefined;
  const lenient: Reading = { ...reading, problems: new ProblemList() };
  const withHere = new OptionReader(lenient, section, { here: reading.here });
  const options = new OptionReader(lenient, section);
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
