/** `help` and `?`: the list of commands, or how one is written. Beside them, as it lists them. */
import { inColumns } from './columns.ts';
import { printHelp } from './command.ts';
import { commands } from './commands.ts';
import type { CtlSession } from './session.ts';

const TITLE = 'default commands (type help <topic>):';
const WIDTH = 79;

const OF_ITSELF = {
  help: [
    ['help', 'the list of commands'],
    ['help <command>', 'how a command is written, and what it does'],
  ],
} as const;

export function help(session: CtlSession, topic: string): void {
  if (topic === 'help') return printHelp(session, OF_ITSELF);
  const command = commands.get(topic);
  if (command !== undefined) return printHelp(session, command);
  if (topic !== '') return session.print(`*** No help on ${topic}`);
  for (const line of ['', TITLE, '='.repeat(TITLE.length), ...inColumns([...commands.keys()], WIDTH), '']) {
    session.print(line);
  }
}
