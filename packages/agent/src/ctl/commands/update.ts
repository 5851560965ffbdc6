/** `update`: makes the daemon run what its config files say now, group by group. */
import { splitWords } from '@fleetvisor/config';
import { faultCodes } from '../../compat/xmlrpc/fault.ts';
import { RpcFault } from '../client/call-error.ts';
import type { Reread } from '../client/supervisor-client.ts';
import type { CtlCommand } from '../command.ts';
import type { CtlSession } from '../session.ts';

export const update: CtlCommand = {
  name: 'update',
  help: [
    ['update', 'read the config files again; add, restart and remove what differs'],
    ['update all', 'the same'],
    ['update <group> [...]', 'do so for these groups alone'],
  ],
  run: async (session, argument) => {
    const changes = await reread(session);
    if (changes === undefined) return;
    const names = splitWords(argument);
    const wanted = names.includes('all') ? [] : [...new Set(names)];
    await refuseUnknown(session, wanted, changes);
    const isWanted = (group: string) => wanted.length === 0 || wanted.includes(group);
    for (const group of changes.removed.filter(isWanted)) await remove(session, group);
    for (const group of changes.changed.filter(isWanted)) await replace(session, group);
    for (const group of changes.added.filter(isWanted)) await add(session, group);
  },
};

/** undefined when the daemon is on its way out. A broken config is a fault without words here, unlike in `reread`. */
async function reread(session: CtlSession): Promise<Reread | undefined> {
  try {
    return await session.supervisor.reread();
  } catch (error) {
    if (!(error instanceof RpcFault) || error.code !== faultCodes.SHUTDOWN_STATE) throw error;
    session.fail('ERROR: already shutting down');
    return undefined;
  }
}

/** Names what is neither active nor new; the others go on. A group without processes counts as unknown. */
async function refuseUnknown(session: CtlSession, wanted: readonly string[], { added }: Reread): Promise<void> {
  if (wanted.length === 0) return;
  const active = (await session.supervisor.allProcesses()).map(({ group }) => group);
  const known = new Set([...active, ...added]);
  for (const group of wanted) if (!known.has(group)) session.fail(`ERROR: no such group: ${group}`);
}

async function remove(session: CtlSession, group: string): Promise<void> {
  const results = await session.supervisor.toMany('stopProcessGroup', group);
  session.print(`${group}: stopped`);
  if (results.some(({ status }) => status === faultCodes.FAILED)) {
    session.fail(`${group}: has problems; not removing`);
    return;
  }
  await session.supervisor.removeGroup(group);
  session.print(`${group}: removed process group`);
}

async function replace(session: CtlSession, group: string): Promise<void> {
  await session.supervisor.toMany('stopProcessGroup', group);
  session.print(`${group}: stopped`);
  await session.supervisor.removeGroup(group);
  await session.supervisor.addGroup(group);
  session.print(`${group}: updated process group`);
}

async function add(session: CtlSession, group: string): Promise<void> {
  await session.supervisor.addGroup(group);
  session.print(`${group}: added process group`);
}
