/** Targets that name nothing, in supervisorctl's words. */
import type { Undecided, Unmatched } from '../unmatched-targets.ts';
import { visible } from './visible.ts';

/** Of a long list, so that the line stays one. */
const hostsMax = 5;

export function unmatchedLines({ nowhere, undecided }: Unmatched): string[] {
  return [...nowhere.map(nowhereLine), ...undecided.map(undecidedLine)];
}

function nowhereLine(target: string): string {
  const isGroup = target.endsWith(':*') || target.endsWith(':');
  return `${visible(target)}: ERROR (no such ${isGroup ? 'group' : 'process'})`;
}

/** Nobody can know: that is another thing than that there is none. */
function undecidedLine({ target, hosts }: Undecided): string {
  const more = hosts.length - hostsMax;
  const names = hosts.slice(0, hostsMax).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return visible(`${target}: ERROR (not on any host that could be asked; ${names} could not, and may have it)`);
}
