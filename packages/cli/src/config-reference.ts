/** How people name a revision: `web.conf`, `web.conf@3`. */
import { FleetError } from '@fleetvisor/primitives';
import { parseRevision } from './parse-value.ts';

export interface ConfigReference {
  readonly file: string;
  /** undefined: the newest. */
  readonly revision: number | undefined;
}

export function parseConfigReference(word: string): ConfigReference {
  const at = word.lastIndexOf('@');
  const file = at === -1 ? word : word.slice(0, at);
  if (file === '') throw new FleetError('invalid', `'${word}' is no config file: write NAME or NAME@REVISION`);
  return { file, revision: at === -1 ? undefined : parseRevision(word.slice(at + 1)) };
}
