/** What is wrong with a config, as Supervisor would say it to a client. Pure. */
import type { ConfigProblem } from '@fleetvisor/config';
import { XmlRpcFault } from '../xmlrpc/fault.ts';

/** Of several problems the first, as Supervisor, which looks no further. Names of environment variables are in none. */
export function cannotReread([first]: readonly ConfigProblem[]): XmlRpcFault {
  return new XmlRpcFault('CANT_REREAD', first === undefined ? undefined : supervisorsWords(first));
}

/** Supervisor names the section behind what is wrong with one of its options, unless the words name it already. */
export function supervisorsWords({ message, section, option, file }: ConfigProblem): string {
  const isOfProgram = section !== undefined && /^(program|fcgi-program|eventlistener):/.test(section);
  const isPlaced = option === undefined || option === 'priority' || message.includes(`[${section}]`);
  return isOfProgram && !isPlaced ? `${message} in section '${section}' (file: '${file}')` : message;
}
