/** Processes as supervisorctl shows them, with the host in front. */
import { formatNamespec } from '@fleetvisor/config';
import type { Host } from '../client/host.ts';
import type { HostProcesses, ProcessStatus } from '../client/process.ts';
import type { Unmatched } from '../unmatched-targets.ts';
import { alignColumns, type Cell } from './columns.ts';
import { clockDuration, roughDuration } from './duration.ts';
import type { View } from './output.ts';
import { colourOfPresence, colourOfState, type Painter } from './paint.ts';
import { unmatchedLines } from './unmatched.ts';
import { visible } from './visible.ts';

export interface StatusAnswer {
  readonly hosts: readonly HostProcesses[];
  readonly unmatched: Unmatched;
  /** Whether every process was asked for: then a host without any is worth a line. */
  readonly isWhole: boolean;
}

/** Hosts by name, their processes by group and name. */
export function inOrder(hosts: readonly HostProcesses[]): readonly HostProcesses[] {
  return hosts
    .map((one) => ({ ...one, processes: one.processes.toSorted(byGroupAndName) }))
    .toSorted((a, b) => compare(a.host.name, b.host.name));
}

export function statusView(answer: StatusAnswer, paint: Painter): View {
  const hosts = inOrder(answer.hosts);
  const { nowhere: unmatched, undecided } = answer.unmatched;
  return {
    document: { kind: 'status', hosts, unmatched, undecided },
    parts: hosts.flatMap(({ host, ageMs, processes }) => [
      ...processes.map((process) => ({ kind: 'process', host: host.name, presence: host.presence, ageMs, ...process })),
      ...(processes.length === 0 ? [{ kind: 'host', ageMs, ...host }] : []),
    ]),
    names: hosts.flatMap(({ host, processes }) => processes.map(({ group, name }) => `${host.name}/${group}:${name}`)),
    table: (isWide) => [
      ...unmatchedLines(answer.unmatched),
      ...statusTable({ ...answer, hosts }, isWide, paint),
      ...pendingLines(hosts.map(({ host }) => host)),
    ],
  };
}

function statusTable({ hosts, isWhole }: StatusAnswer, isWide: boolean, paint: Painter): string[] {
  const rows = hosts.flatMap((listed) =>
    listed.processes.length > 0
      ? listed.processes.map((process) => (isWide ? wideRow(listed, process) : row(listed, process)))
      : emptyHostRows(listed.host, isWhole, isWide),
  );
  if (rows.length === 0) return [];
  return alignColumns(isWide ? [wideHeader, ...rows] : rows, paint);
}

function row(listed: HostProcesses, process: ProcessStatus): Cell[] {
  return [listed.host.name, formatNamespec(process), stateCell(process), descriptionOf(listed, process)];
}

const wideHeader = ['HOST', 'PROCESS', 'STATE', 'LAYER', 'CRASHES', 'DESCRIPTION'];

function wideRow(listed: HostProcesses, process: ProcessStatus): Cell[] {
  const { layer, crashCount } = process;
  const byHand = process.stoppedByHand ? ', stopped by hand' : '';
  const description = `${descriptionOf(listed, process)}${byHand}`;
  return [listed.host.name, formatNamespec(process), stateCell(process), layer, String(crashCount), description];
}

function stateCell({ state }: ProcessStatus): Cell {
  return { text: state, colour: colourOfState[state] };
}

function descriptionOf({ host, ageMs }: HostProcesses, process: ProcessStatus): string {
  const { state, pid, uptimeMs, lastKnown } = process;
  const age = `${roughDuration(ageMs)} ago`;
  if (host.processesUnknown) return `last seen ${lastKnown === undefined ? 'host' : lastKnown.state} ${age}`;
  const isUpNow = state === 'RUNNING' && pid !== undefined && uptimeMs !== undefined;
  const description = isUpNow ? `pid ${pid}, uptime ${clockDuration(uptimeMs)}` : process.description;
  // A host that is back and has not told how its processes are: what is shown is older than its last word.
  const isStale = host.presence !== 'online' || ageMs > host.silentForMs + staleMs;
  return isStale ? `${description} (as of ${age})` : description;
}

const staleMs = 1_000;

/** A host of which there is nothing to list still has to be seen. */
function emptyHostRows(host: Host, isWhole: boolean, isWide: boolean): Cell[][] {
  const padding = isWide ? ['', ''] : [];
  if (host.processesUnknown) {
    // Of a host that is known to have other processes, nothing was asked for.
    if (!isWhole && host.processCount > 0) return [];
    return [[host.name, '', presenceCell(host), ...padding, presenceWords(host)]];
  }
  return isWhole ? [[host.name, '', presenceCell(host), ...padding, 'no programs']] : [];
}

export function presenceCell({ presence }: Host): Cell {
  return { text: presence.toUpperCase(), colour: colourOfPresence[presence] };
}

/** Since when, and whether on purpose. */
export function presenceWords({ presence, lastSeen, silentForMs }: Host): string {
  if (presence === 'online') return 'connected';
  if (lastSeen === undefined) return 'not heard of since the controller started';
  const age = `${roughDuration(silentForMs)} ago`;
  if (presence === 'upgrading') return `its agent replaces itself since ${roughDuration(silentForMs)}`;
  return presence === 'offline' ? `it said goodbye ${age}` : `last heard of ${age}`;
}

/** A difference that no rollout is about to settle. */
function pendingLines(hosts: readonly Host[]): string[] {
  const pending = hosts.filter((host) => host.rolloutPending).map((host) => host.name);
  if (pending.length === 0) return [];
  return [`rollout pending for ${visible(pending.join(', '))}: push a config file again to give it to them`];
}

function byGroupAndName(a: ProcessStatus, b: ProcessStatus): number {
  return compare(a.group, b.group) || compare(a.name, b.name);
}

/** By code points: the same order on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
