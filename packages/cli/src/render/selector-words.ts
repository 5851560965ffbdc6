/** Which hosts a config file is for, as the flags that say so. */
import type { Selector } from '../client/config-file.ts';

export function selectorWords({ hosts, hostGroups, labels, all }: Selector): string {
  if (all) return '--all';
  const words = [
    ...hosts.map((host) => `--host ${host}`),
    ...hostGroups.map((group) => `--group ${group}`),
    ...labels.map((label) => (label.includes(' ') ? `-l '${label}'` : `-l ${label}`)),
  ];
  return words.length === 0 ? '-' : words.join(' ');
}
