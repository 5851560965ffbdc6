/** What came of a command on one host, in Supervisor's words with the host in front. */
import { formatNamespec, formatProblem } from '@fleetvisor/config';
import type { GroupChanges, HostReport, Outcome, TargetResult } from '../client/command.ts';
import { widthOf } from './display-width.ts';
import type { Painter } from './paint.ts';
import { visible } from './visible.ts';

/** How changes of process groups are said: found (reread), or carried out (update). */
export type ChangeWords = Readonly<Record<keyof GroupChanges, string>>;

export const foundWords: ChangeWords = { added: 'available', changed: 'changed', removed: 'disappeared' };
export const doneWords: ChangeWords = {
  added: 'added process group',
  changed: 'updated process group',
  removed: 'removed process group',
};

/** Where an agent gives no words of its own. */
const outcomeWords = {
  ok: 'done',
  'no-change': 'nothing to do',
  failed: 'ERROR (failed)',
  rejected: 'ERROR (rejected)',
  expired: 'ERROR (not begun in time)',
  cancelled: 'ERROR (cancelled)',
  'host-offline': 'ERROR (host offline: nothing was sent)',
  unknown: 'ERROR (host went away: what came of it shows in fleetctl commands)',
  'no-match': 'ERROR (no such process)',
} as const satisfies Record<Outcome, string>;

/** The lines of a host without the host. Targets that matched nothing are left to the end of the whole command. */
export function reportLines(report: HostReport, changeWords: ChangeWords | undefined): string[] {
  const results = report.results.filter((result) => result.outcome !== 'no-match').map(resultLine);
  const changes = changeWords === undefined ? [] : changeLines(report.changes, changeWords);
  const problems = report.problems.map((problem) => `    ${visible(formatProblem(problem))}`);
  const own = hostLine(report, results.length + changes.length === 0 && changeWords !== undefined);
  return [...results, ...changes.filter((line) => !results.includes(line)), ...own, ...problems];
}

export function resultLine({ target, process, outcome, message }: TargetResult): string {
  const name = process === undefined ? target : formatNamespec(process);
  return `${visible(name)}: ${message === '' ? outcomeWords[outcome] : visible(message)}`;
}

/** In front of every line, as wide as the widest host so far. */
export function hostPrefix(host: string, width: number): string {
  const shown = visible(host);
  return `${shown}${' '.repeat(Math.max(0, width - widthOf(shown)))}   `;
}

export function paintLine(line: string, paint: Painter): string {
  return paint(line, line.includes('ERROR') ? 'red' : undefined);
}

function changeLines(changes: GroupChanges | undefined, words: ChangeWords): string[] {
  if (changes === undefined) return [];
  const { added, changed, removed } = changes;
  return [
    ...removed.map((group) => `${visible(group)}: ${words.removed}`),
    ...changed.map((group) => `${visible(group)}: ${words.changed}`),
    ...added.map((group) => `${visible(group)}: ${words.added}`),
  ];
}

/** What is true of the host as a whole. */
function hostLine({ outcome, message, results }: HostReport, isQuiet: boolean): string[] {
  switch (outcome) {
    case 'ok':
    case 'no-change':
      if (message !== '') return [visible(message)];
      return isQuiet ? ['No config updates to processes'] : [];
    case 'no-match':
      return [];
    default: {
      const isTold = message === '' && results.some((result) => result.outcome === outcome);
      if (isTold) return [];
      return [message === '' ? outcomeWords[outcome] : `ERROR (${visible(message)})`];
    }
  }
}
