/** What is wrong with a config, as Supervisor would say it to a client. Pure. */
import { type ConfigProblem, pythonRepr } from '@fleetvisor/config';
import { XmlRpcFault } from '../xmlrpc/fault.ts';

/**
 * Of several problems the first, as Supervisor, which looks no further: to it a line that is none of a config file's comes
 * before all that lines say. Names of environment variables are in none.
 */
export function cannotReread(problems: readonly ConfigProblem[]): XmlRpcFault {
  const stray = problems.find(({ text }) => text !== undefined);
  if (stray !== undefined) return new XmlRpcFault('CANT_REREAD', pythonsWords(stray, problems));
  const [first] = problems;
  return new XmlRpcFault('CANT_REREAD', first === undefined ? undefined : supervisorsWords(first));
}

/** Python shows such a line with its place, and all of them in that file. */
function pythonsWords(stray: ConfigProblem, problems: readonly ConfigProblem[]): string {
  const file = pythonRepr(stray.file);
  const shown = (text: string) => pythonRepr(`${text}\n`);
  if (stray.section === undefined) {
    return `File contains no section headers.\nfile: ${file}, line: ${stray.line}\n${shown(stray.text ?? '')}`;
  }
  const lines = problems.flatMap(({ file, line, text }) =>
    text === undefined || file !== stray.file ? [] : [`\n\t[line ${String(line).padStart(2)}]: ${shown(text)}`],
  );
  return `Source contains parsing errors: ${file}${lines.join('')}`;
}

/** Read for the group and not for a process of it, which is where Supervisor names the section behind what is wrong. */
const OF_GROUPS = ['priority', 'buffer_size', 'events', 'socket_owner', 'socket_mode', 'socket_backlog'];

/** Supervisor names the section behind what is wrong with one of its options, unless the words name it already. */
export function supervisorsWords({ message, section, option, file }: ConfigProblem): string {
  const isOfProgram = section !== undefined && /^(program|fcgi-program|eventlistener):/.test(section);
  if (!isOfProgram || option === undefined || message.includes(`[${section}]`)) return message;
  if (option === 'socket' || message.endsWith(' socket')) return `${message} in [${section}] socket`;
  return OF_GROUPS.includes(option) ? message : `${message} in section '${section}' (file: '${file}')`;
}
