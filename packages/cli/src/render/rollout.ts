/** The course of a rollout, line by line. */
import { formatProblem } from '@fleetvisor/config';
import type { HostProgress, HostTaskState, RolloutEnded, RolloutPlanned, RolloutStep } from '../client/config-file.ts';
import { isSettled } from '../rollout-tally.ts';
import { type Tally, totalsLine } from '../tally.ts';
import type { Colour, Painter } from './paint.ts';
import { hostPrefix, paintLine, resultLine } from './report.ts';
import { selectorWords } from './selector-words.ts';
import { visible } from './visible.ts';

const stateWords = {
  pending: ['waiting', undefined],
  offered: ['offered', undefined],
  accepted: ['accepted', undefined],
  applying: ['applying', undefined],
  healthy: ['healthy', 'green'],
  rejected: ['ERROR (rejected: nothing on it has changed)', 'red'],
  unhealthy: ['ERROR (applied, but a program did not come up)', 'red'],
  'timed-out': ['ERROR (not done in time)', 'red'],
  deferred: ['offline: gets it when it returns', 'yellow'],
  vanished: ['ERROR (went away while applying)', 'red'],
  superseded: ['a newer rollout took over', 'yellow'],
  unknown: ['in a state that a newer fleetctl can tell', 'yellow'],
} as const satisfies Record<HostTaskState, readonly [string, Colour | undefined]>;

export interface RolloutStyle {
  readonly isDryRun: boolean;
  /** Of the widest name of a host. */
  readonly hostWidth: number;
  readonly paint: Painter;
}

/** What is worth a line: the plan, each host when it is settled, the refusal. The end needs the totals. */
export function stepLines(step: RolloutStep, style: RolloutStyle): string[] {
  switch (step.kind) {
    case 'planned':
      return plannedLines(step, style.isDryRun);
    case 'host':
      return isSettled(step.state) ? hostLines(step, style) : [];
    case 'refused':
      return step.problems.map((problem) => visible(formatProblem(problem)));
    case 'ended':
      return [];
  }
}

export function endLine({ state, reason }: RolloutEnded, tally: Tally): string {
  const why = reason === '' ? '' : ` (${visible(reason)})`;
  return `rollout ${state.replaceAll('-', ' ')}${why}: ${totalsLine(tally)}`;
}

function plannedLines({ revision, targets, offline, unchanged }: RolloutPlanned, isDryRun: boolean): string[] {
  const name = visible(revision.file);
  if (unchanged) return [`${name}: unchanged at revision ${revision.revision}`];
  const away = offline.length === 0 ? '' : `, ${offline.length} of them offline`;
  const scale = `${targets.length} host${targets.length === 1 ? '' : 's'}${away}`;
  const forWhom = visible(selectorWords(revision.selector));
  if (!isDryRun) return [`${name}: revision ${revision.revision} for ${forWhom}: ${scale}`];
  return [
    `${name}: would become a new revision for ${forWhom}: ${scale}`,
    ...targets.map((host) => `    ${visible(host)}${offline.includes(host) ? ' (offline)' : ''}`),
    `nothing was stored; 'fleetctl config diff ${name} --file FILE' shows what would change`,
  ];
}

function hostLines({ host, state, problems, results }: HostProgress, { hostWidth, paint }: RolloutStyle): string[] {
  const prefix = hostPrefix(host, hostWidth);
  const [words, colour] = stateWords[state];
  return [
    ...results.map((result) => `${prefix}${paintLine(resultLine(result), paint)}`),
    `${prefix}${paint(words, colour)}`,
    ...problems.map((problem) => `${prefix}    ${visible(formatProblem(problem))}`),
  ];
}
