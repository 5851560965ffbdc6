/** Hosts: who is there, and which configuration runs. */
import { formatProblem } from '@fleetvisor/config';
import type { Generation, Host } from '../client/host.ts';
import { alignColumns, type Cell } from './columns.ts';
import { roughDuration } from './duration.ts';
import type { View } from './output.ts';
import type { Painter } from './paint.ts';
import { presenceCell, presenceWords } from './status.ts';
import { visible } from './visible.ts';

const header = ['NAME', 'PRESENCE', 'GROUPS', 'RUNNING', 'CONFIG', 'SEEN'];
const wideHeader = [...header, 'LABELS', 'FILES', 'ADDRESS', 'AGENT', 'OS', 'CLOCK'];

export function hostsView(hosts: readonly Host[], paint: Painter): View {
  return {
    document: { kind: 'hosts', hosts },
    parts: hosts.map((host) => ({ kind: 'host', ...host })),
    names: hosts.map((host) => host.name),
    table: (isWide) => [
      ...alignColumns(isWide ? [wideHeader, ...hosts.map(wideRow)] : [header, ...hosts.map(row)], paint),
      ...hosts.flatMap(attemptLines),
      ...hosts.flatMap((host) => rivalLines(host).map((line) => paint(line, 'red'))),
    ],
  };
}

function row(host: Host): Cell[] {
  return [host.name, presenceCell(host), joined(host.hostGroups), runningOf(host), configOf(host), seenCell(host)];
}

/** When it was heard of; and that its clock is off, for then its times do not fit those of others. */
function seenCell(host: Host): Cell {
  const seen = host.presence === 'online' ? `${roughDuration(host.silentForMs)} ago` : presenceWords(host);
  return host.clockOff ? { text: `${seen}, clock ${skewOf(host)}`, colour: 'yellow' } : seen;
}

function skewOf({ clockSkewMs }: Host): string {
  return `${clockSkewMs < 0 ? '-' : '+'}${Math.abs(clockSkewMs) / 1000}s`;
}

function wideRow(host: Host): Cell[] {
  const labels = Object.entries(host.labels).map(([key, value]) => `${key}=${value}`);
  const files = host.files.map(({ file, revision }) => `${file}@${revision}`);
  const skew = host.clockRoundTripMs === undefined ? '-' : skewOf(host);
  return [
    ...row(host),
    joined(labels.sort()),
    joined(files),
    host.address || '-',
    host.agentVersion || '-',
    host.os || '-',
    skew,
  ];
}

function runningOf({ runningCount, processCount, processesUnknown }: Host): string {
  return `${processesUnknown ? '?' : runningCount}/${processCount}`;
}

/** The generation it runs, and the one it should. */
function configOf(host: Host): Cell {
  const running = numberOf(host.running);
  // A host that is given no files has nothing to run, and nothing to say of it.
  if (host.running === undefined && host.files.length === 0) return running;
  if (isSame(host.running, host.desired)) return running;
  return { text: `${running} -> ${numberOf(host.desired)}`, colour: 'yellow' };
}

function numberOf(generation: Generation | undefined): string {
  return generation === undefined ? '-' : String(generation.generation);
}

/** Numbers alone do not tell: those of two incarnations have nothing to do with each other. */
function isSame(a: Generation | undefined, b: Generation | undefined): boolean {
  return a?.generation === b?.generation && a?.hash === b?.hash;
}

/** Why a host does not run what it should. */
function attemptLines({ name, lastAttempt }: Host): string[] {
  if (lastAttempt === undefined || (lastAttempt.phase !== 'rejected' && lastAttempt.phase !== 'failed')) return [];
  const { generation, phase, problems } = lastAttempt;
  return [
    `${visible(name)}: generation ${generation.generation} ${phase === 'rejected' ? 'was rejected' : 'failed'}`,
    ...problems.map((problem) => `    ${visible(formatProblem(problem))}`),
  ];
}

/** Somebody has to mend it: both machines work against each other until then. */
function rivalLines({ name, id, rival }: Host): string[] {
  if (rival === undefined) return [];
  const where = `at ${visible(rival.address)}`;
  return rival.hostId === id
    ? [
        `${visible(name)}: another machine ${where} has the same identity: it is a copy of this one, or this of it. On the ` +
          'copy, stop the agent, remove its data folder, and start it under a name of its own',
      ]
    : [
        `${visible(name)}: another host (${visible(rival.hostId)}) ${where} wants this name: give it another ([fleet] name)`,
      ];
}

function joined(texts: readonly string[]): string {
  return texts.length === 0 ? '-' : texts.join(',');
}
