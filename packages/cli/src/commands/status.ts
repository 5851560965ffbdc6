/** `fleetctl status`: the processes of the fleet and how they are. */
import type { HostProcesses } from '../client/process.ts';
import { isUp } from '../client/process.ts';
import { describeScope, isEveryHost } from '../client/scope.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { scopeOf, scopeOptions } from '../global-options.ts';
import { listProcesses } from '../list-processes.ts';
import { type StatusAnswer, statusView } from '../render/status.ts';
import { noteHints } from '../target-hints.ts';
import { groupTargets, type TargetGroup } from '../targets.ts';
import { joinUnmatched, type Unmatched } from '../unmatched-targets.ts';
import { noHostJoined } from './hosts.ts';

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'show processes and how they are',
  parameters: '[target...]',
  options: scopeOptions,
  notes: [
    'Ends with 3 when some process is STOPPED, EXITED, FATAL or UNKNOWN, as supervisorctl does (STARTING, BACKOFF and',
    'STOPPING count as up); with 8 when only hosts are missing.',
  ],
  examples: [
    ['fleetctl status', 'everything'],
    ['fleetctl status "api:*" --host "web*"', 'one process group on some hosts'],
    ['fleetctl status -o json', 'for programs'],
  ],
  run: async (context, words, options) => {
    const groups = groupTargets(words, scopeOf(options));
    const answer = await askStatus(context, groups);
    const { output } = context;
    if (answer.hosts.length === 0 && answer.unmatched.nowhere.length === 0 && output.isTable) {
      await output.note(await nothingThere(context, groups));
    } else {
      await output.show(statusView(answer, output.paint));
    }
    await noteHints(context, answer.unmatched.nowhere);
    return exitCodeOfStatus(answer, groups);
  },
});

async function askStatus(context: CommandContext, groups: readonly TargetGroup[]): Promise<StatusAnswer> {
  const client = await context.client();
  const hosts = new Map<string, HostProcesses>();
  const unmatched: Unmatched[] = [];
  for (const group of groups) {
    const listed = await listProcesses(client, group);
    for (const one of listed.hosts) hosts.set(one.host.id, joined(hosts.get(one.host.id), one));
    unmatched.push(listed.unmatched);
  }
  const isWhole = groups.every((group) => group.targets.length === 0);
  return { hosts: [...hosts.values()], unmatched: joinUnmatched(unmatched), isWhole };
}

/** A process that two targets name is shown once. */
function joined(before: HostProcesses | undefined, now: HostProcesses): HostProcesses {
  if (before === undefined) return now;
  const has = ({ group, name }: { group: string; name: string }) =>
    before.processes.some((process) => process.group === group && process.name === name);
  return { ...now, processes: [...before.processes, ...now.processes.filter((process) => !has(process))] };
}

/** As supervisorctl: the name that nobody has before the process that is down. */
function exitCodeOfStatus({ hosts, unmatched }: StatusAnswer, groups: readonly TargetGroup[]): ExitCode {
  if (unmatched.nowhere.length > 0) return exitCode.noMatch;
  if (hosts.length === 0) return groups.every(({ scope }) => isEveryHost(scope)) ? exitCode.ok : exitCode.noMatch;
  const away = hosts.filter(({ host }) => host.processesUnknown);
  const known = hosts.filter(({ host }) => !host.processesUnknown);
  const down = known.filter(({ processes }) => processes.some(({ state }) => !isUp(state)));
  if (down.length > 0) return exitCode.notRunning;
  return away.length > 0 || unmatched.undecided.length > 0 ? exitCode.unreachable : exitCode.ok;
}

async function nothingThere(context: CommandContext, groups: readonly TargetGroup[]): Promise<string> {
  const named = groups.map(({ scope }) => scope).filter((scope) => !isEveryHost(scope));
  if (named.length === 0) return noHostJoined(await context.address());
  return `no host matches ${named.map(describeScope).join(' or ')}: fleetctl hosts shows those there are`;
}
