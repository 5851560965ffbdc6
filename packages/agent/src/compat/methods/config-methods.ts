/** The methods on what the files say: reread, add, remove. Only the host's own layer is changed from here. */
import { assertNever } from '@fleetvisor/primitives';
import type { Daemon } from '../daemon.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';
import { method, type XmlRpcMethod } from '../xmlrpc/method.ts';
import type { XmlRpcStruct } from '../xmlrpc/value.ts';
import { cannotReread } from './config-error.ts';
import { configInfo } from './config-info.ts';
import { groupName } from './parameters.ts';

/** @param uidOf of a user by name or number; undefined when there is none */
export function configMethods(daemon: Daemon, uidOf: (user: string) => number | undefined): readonly XmlRpcMethod[] {
  return [
    method({
      name: 'supervisor.reloadConfig',
      parameters: [],
      returns: 'array',
      help:
        'Reads the config files anew and answers [[added, changed, removed]]: the names of the process groups that ' +
        'differ from what is active. Changes none of them. Fault: CANT_REREAD, with what is wrong.',
      call: () => {
        const reread = daemon.reread();
        if (!reread.ok) throw cannotReread(reread.problems);
        const { added, changed, removed } = reread.changes;
        return [[added, changed, removed]];
      },
    }),
    method({
      name: 'supervisor.addProcessGroup',
      parameters: [groupName],
      returns: 'boolean',
      help:
        'Makes a process group active as the config files had it when they were last read. Its autostart processes ' +
        'start, and are not waited for. Faults: ALREADY_ADDED, BAD_NAME.',
      call: (group) => addGroup(daemon, group),
    }),
    method({
      name: 'supervisor.removeProcessGroup',
      parameters: [groupName],
      returns: 'boolean',
      help:
        'Removes a process group, every process of which is stopped, from what is active. Faults: BAD_NAME, ' +
        'STILL_RUNNING, and FAILED for what the fleet has given this host.',
      call: (group) => removeGroup(daemon, group),
    }),
    method({
      name: 'supervisor.getAllConfigInfo',
      parameters: [],
      returns: 'array',
      help:
        'Tells how each process is configured by the files as last read, sorted by its name; inuse says whether its ' +
        'process group is active. What is not set is "none", a log that has no name yet "auto".',
      call: () => allConfigInfo(daemon, uidOf),
    }),
  ];
}

function addGroup(daemon: Daemon, group: string): true {
  const result = daemon.addGroup(group);
  switch (result) {
    case 'added':
      return true;
    case 'already-added':
      throw new XmlRpcFault('ALREADY_ADDED', group);
    case 'no-such-group':
      throw new XmlRpcFault('BAD_NAME', group);
    default:
      return assertNever(result);
  }
}

function removeGroup(daemon: Daemon, group: string): true {
  const result = daemon.removeGroup(group);
  switch (result) {
    case 'removed':
      return true;
    case 'still-running':
      throw new XmlRpcFault('STILL_RUNNING', group);
    case 'no-such-group':
      throw new XmlRpcFault('BAD_NAME', group);
    case 'not-local': {
      const wayOut = 'remove it from its config file with fleetctl';
      throw new XmlRpcFault('FAILED', `${group} was given to this host by the fleet: ${wayOut}`);
    }
    default:
      return assertNever(result);
  }
}

function allConfigInfo(daemon: Daemon, uidOf: (user: string) => number | undefined): readonly XmlRpcStruct[] {
  const uids = new Map<string, number | undefined>();
  const knownUidOf = (user: string) => {
    if (!uids.has(user)) uids.set(user, uidOf(user));
    return uids.get(user);
  };
  const all = daemon.configured().flatMap(({ spec: group, isActive }) =>
    group.processes.map((spec) => ({
      name: spec.name,
      info: configInfo({
        group,
        spec,
        isActive,
        uid: spec.user === undefined ? undefined : knownUidOf(spec.user),
        // A process runs by the very spec that was read; after a reread its AUTO logs belong to the one before.
        autoLog: (stream) => (daemon.supervisor.spec(spec) === spec ? daemon.logs.pathOf(spec, stream) : undefined),
      }),
    })),
  );
  return all.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name))).map(({ info }) => info);
}
