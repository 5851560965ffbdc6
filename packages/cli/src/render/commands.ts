/** Commands that were given, and what became of them. */
import type { Action, HostReport } from '../client/command.ts';
import type { CommandDetail, CommandSummary, HostCommand } from '../client/command-history.ts';
import { alignColumns, type Cell } from './columns.ts';
import { widthOf } from './display-width.ts';
import type { MomentFormat } from './events.ts';
import type { View } from './output.ts';
import type { Painter } from './paint.ts';
import { doneWords, foundWords, hostPrefix, paintLine, reportLines } from './report.ts';
import { visible } from './visible.ts';

export interface CommandStyle {
  readonly formatMoment: MomentFormat;
  readonly paint: Painter;
}

const header = ['ID', 'GIVEN', 'BY', 'COMMAND', 'HOSTS', 'OUTCOME', 'REASON'];
/** Of an id: its time, and enough of its chance. Any beginning that names one command will do. */
const shortIdChars = 18;

export function commandsView(commands: readonly CommandSummary[], style: CommandStyle): View {
  return {
    document: { kind: 'commands', commands },
    parts: commands.map((command) => ({ kind: 'command-summary', ...command })),
    names: commands.map(({ commandId }) => commandId),
    table: (isWide) =>
      alignColumns([header, ...commands.map((command) => summaryCells(command, style, isWide))], style.paint),
  };
}

export function commandView(detail: CommandDetail, style: CommandStyle): View {
  const { command, hosts } = detail;
  return {
    document: { kind: 'command-detail', command, hosts },
    parts: hosts.map((host) => ({ kind: 'host-command', commandId: command.commandId, ...host })),
    names: hosts.map(({ host }) => host),
    table: () => [...headLines(command, style), ...hostLines(detail, style.paint)],
  };
}

/** What came of it on one host, as the command itself reports it. */
export function reportOf({ command }: CommandDetail, host: HostCommand): HostReport | undefined {
  const { outcome, endedAt: _, ...rest } = host;
  return outcome === undefined ? undefined : { ...rest, outcome, commandId: command.commandId };
}

function summaryCells(command: CommandSummary, { formatMoment }: CommandStyle, isWide: boolean): Cell[] {
  const { commandId, givenAt, actor, action, hostCount, reason } = command;
  return [
    isWide ? commandId : commandId.slice(0, shortIdChars),
    formatMoment(givenAt),
    actor || '-',
    actionWords(action),
    String(hostCount),
    outcomeCell(command),
    reason ?? '-',
  ];
}

/** What needs a look is coloured: something went wrong, or is not known. */
function outcomeCell({ outcomes, underWayCount }: CommandSummary): Cell {
  const counts = outcomes.map(({ outcome, count }) => `${outcome} ${count}`);
  const text = [...counts, ...(underWayCount > 0 ? [`under way ${underWayCount}`] : [])].join(', ');
  const isPlain = outcomes.every(({ outcome }) => outcome === 'ok' || outcome === 'no-change');
  return { text: text || '-', colour: isPlain ? undefined : 'yellow' };
}

function headLines({ commandId, action, actor, givenAt, reason }: CommandSummary, style: CommandStyle): string[] {
  const why = reason === undefined ? '' : `: ${visible(reason)}`;
  const asked = `${visible(actionWords(action))}, asked by ${visible(actor || 'somebody')} at ${style.formatMoment(givenAt)}`;
  return [`${visible(commandId)}`, `${asked}${why}`];
}

function hostLines(detail: CommandDetail, paint: Painter): string[] {
  const width = Math.max(0, ...detail.hosts.map(({ host }) => widthOf(visible(host))));
  const words = detail.command.action?.verb === 'reread' ? foundWords : doneWords;
  return detail.hosts.flatMap((host) => {
    const report = reportOf(detail, host);
    const hasChanges = report?.changes !== undefined;
    const lines = report === undefined ? ['under way'] : reportLines(report, hasChanges ? words : undefined);
    return lines.map((line) => `${hostPrefix(host.host, width)}${paintLine(line, paint)}`);
  });
}

/** As it would be typed. */
function actionWords(action: Action | undefined): string {
  if (action === undefined) return 'something that a newer fleetctl can tell';
  switch (action.verb) {
    case 'signal':
      return ['signal', action.signal, ...action.targets].join(' ');
    case 'update':
      return ['update', ...action.groups].join(' ');
    case 'reread':
    case 'upgrade':
      return action.verb;
    default:
      return [action.verb, ...action.targets].join(' ');
  }
}
