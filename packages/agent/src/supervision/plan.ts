/** What has to happen so that a host runs what it should. Pure: the plan that is shown is the plan that is executed. */
import { diffGroups, diffProcess, lastOfEachName, type ProcessGroupSpec, type ProcessSpec } from '@fleetvisor/config';
import type { PlanMode, PlannedAction } from './plan-action.ts';

/**
 * Removals first, in the order of the effective groups, then changes and additions in the order of the desired ones; as
 * Supervisor's update has it. Empty when there is nothing to do.
 */
export function plan(
  desired: readonly ProcessGroupSpec[],
  effective: readonly ProcessGroupSpec[],
  mode: PlanMode,
): PlannedAction[] {
  const active = new Map(effective.map((group) => [group.name, group]));
  const wanted = new Set(desired.map((group) => group.name));
  const changes = mode === 'compat' ? replaceGroup : changeGroup;
  return [
    ...effective
      .filter(({ name }) => !wanted.has(name))
      .map(({ name }): PlannedAction => ({ kind: 'remove-group', name, reason: 'no longer in the configuration' })),
    ...desired.flatMap((group) => {
      const before = active.get(group.name);
      return before === undefined ? [] : changes(before, group);
    }),
    ...desired
      .filter(({ name }) => !active.has(name))
      .map((group): PlannedAction => ({ kind: 'add-group', group, reason: 'new in the configuration' })),
  ];
}

/** Supervisor's update: any difference replaces the whole group. */
function replaceGroup(before: ProcessGroupSpec, group: ProcessGroupSpec): PlannedAction[] {
  if (diffGroups([before], [group]).changed.length === 0) return [];
  return [{ kind: 'replace-group', group, reason: sentence(groupDifferences(before, group)) }];
}

/** No more than what changed: removals first, so that names and ports are free for what comes. */
function changeGroup(before: ProcessGroupSpec, parsed: ProcessGroupSpec): PlannedAction[] {
  const group = { ...parsed, processes: lastOfEachName(parsed.processes) };
  const shared = sharedDifferences(before, group);
  if (shared.length > 0) return [{ kind: 'replace-group', group, reason: sentence(shared) }];
  const active = new Map(before.processes.map((process) => [process.name, process]));
  const wanted = new Set(group.processes.map(({ name }) => name));
  return [
    ...before.processes
      .filter(({ name }) => !wanted.has(name))
      .map(({ name }): PlannedAction => {
        const reason = 'no longer in its process group';
        return { kind: 'remove-process', group, process: { group: group.name, name }, reason };
      }),
    ...group.processes.flatMap((spec) => {
      const was = active.get(spec.name);
      return was === undefined ? [] : changeProcess(group, was, spec);
    }),
    ...group.processes
      .filter(({ name }) => !active.has(name))
      .map((spec): PlannedAction => ({ kind: 'add-process', group, spec, reason: 'new in its process group' })),
    ...adjustGroup(before, group),
  ];
}

function changeProcess(group: ProcessGroupSpec, was: ProcessSpec, spec: ProcessSpec): PlannedAction[] {
  const changed = changedOptions(was, spec);
  if (changed.length === 0) return [];
  const kind = changed.every((option) => inPlace.has(option)) ? 'adjust-process' : 'restart-process';
  return [{ kind, group, spec, changed, reason: sentence(changed) }];
}

/** Options that a running process can be given: they are read when something is decided, not when it is started. */
const inPlace: ReadonlySet<string> = new Set([
  'priority',
  'autostart',
  'autorestart',
  'startsecs',
  'startretries',
  'exitcodes',
  'stopsignal',
  'stopwaitsecs',
  'stopasgroup',
  'killasgroup',
  'stdout_logfile_maxbytes',
  'stdout_logfile_backups',
  'stderr_logfile_maxbytes',
  'stderr_logfile_backups',
]);

/** As Supervisor sees them, and the changes to AUTO that it does not see. */
function changedOptions(was: ProcessSpec, spec: ProcessSpec): string[] {
  const toAuto = (['stdout', 'stderr'] as const)
    .filter((stream) => spec[stream].target.kind === 'auto' && was[stream].target.kind !== 'auto')
    .map((stream) => `${stream}_logfile`);
  return [...diffProcess(was, spec), ...toAuto];
}

/** What all processes of a group have in common, and none can change alone. */
function sharedDifferences(before: ProcessGroupSpec, group: ProcessGroupSpec): string[] {
  const wanted = new Set(group.processes.map(({ name }) => name));
  const kept = new Set(before.processes.map(({ name }) => name).filter((name) => wanted.has(name)));
  const differences = [
    ...(kindOf(before) === kindOf(group) ? [] : ['kind']),
    ...(sockets(before, kept) === sockets(group, kept) ? [] : ['socket']),
  ];
  if (before.kind !== 'eventlistener' || group.kind !== 'eventlistener') return differences;
  if (before.events.join() !== group.events.join()) differences.push('events');
  if (before.bufferSize !== group.bufferSize) differences.push('buffer_size');
  if (before.resultHandler !== group.resultHandler) differences.push('result_handler');
  return differences;
}

/** A program's own group and a `[group:x]` differ in nothing but where they are written. */
function kindOf(group: ProcessGroupSpec): ProcessGroupSpec['kind'] {
  return group.kind === 'group' ? 'program' : group.kind;
}

/** The FastCGI sockets of the group and of the processes it keeps, in all their settings. */
function sockets(group: ProcessGroupSpec, kept: ReadonlySet<string>): string {
  const own = group.kind === 'fcgi-program' ? group.socket : undefined;
  const members = group.processes
    .filter(({ name }) => kept.has(name))
    .map(({ name, fcgiSocket }) => ({ name, fcgiSocket }));
  return JSON.stringify([own, ...members.toSorted((a, b) => (a.name < b.name ? -1 : 1))]);
}

function adjustGroup(before: ProcessGroupSpec, group: ProcessGroupSpec): PlannedAction[] {
  const changed = shapeDifferences(before, group);
  return changed.length === 0 ? [] : [{ kind: 'adjust-group', group, reason: sentence(changed) }];
}

/** Of the group itself, apart from what is in it. */
function shapeDifferences(before: ProcessGroupSpec, group: ProcessGroupSpec): string[] {
  const order = (spec: ProcessGroupSpec) => spec.processes.map(({ name }) => name).join('\n');
  return [
    ...(before.priority === group.priority ? [] : ['priority of the process group']),
    ...(order(before) === order(group) ? [] : ['order of the process group']),
  ];
}

/** For the reason of a replaced group: each option once, whichever processes it changed in. */
function groupDifferences(before: ProcessGroupSpec, group: ProcessGroupSpec): string[] {
  const active = new Map(before.processes.map((process) => [process.name, process]));
  const options = group.processes.flatMap((spec) => {
    const was = active.get(spec.name);
    return was === undefined ? ['processes'] : diffProcess(was, spec);
  });
  const wanted = new Set(group.processes.map(({ name }) => name));
  const removed = before.processes.some(({ name }) => !wanted.has(name)) ? ['processes'] : [];
  return [
    ...new Set([...sharedDifferences(before, group), ...options, ...removed, ...shapeDifferences(before, group)]),
  ];
}

function sentence(changed: readonly string[]): string {
  return changed.length === 0 ? 'changed' : `${changed.join(', ')} changed`;
}
