/** How people name revisions: `web.conf`, `web.conf@3`, `web.conf 3 5`, `web.conf@3 web.conf@5`. */
import { basename } from 'node:path';
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

export interface ConfigReferences {
  readonly file: string;
  readonly revisions: readonly number[];
}

/**
 * Of one file, as many revisions as are named.
 * @throws FleetError `invalid`, also where more than `revisionsMax` are.
 */
export function parseConfigReferences(words: readonly string[], revisionsMax: number): ConfigReferences {
  const [first = '', ...more] = words;
  if (first.includes('/')) throw isPath(first, basename(first));
  const { file, revision } = parseConfigReference(first);
  const revisions = revision === undefined ? [] : [revision];
  for (const word of more) revisions.push(revisionOf(file, word));
  if (revisions.length <= revisionsMax) return { file, revisions };
  const most = revisionsMax === 1 ? 'one revision is' : `${revisionsMax} revisions are`;
  throw new FleetError('invalid', `${words.join(' ')} names ${revisions.length} revisions: ${most} the most`);
}

function revisionOf(file: string, word: string): number {
  if (word.includes('/')) throw isPath(word, file);
  if (!word.includes('@')) return parseRevision(word);
  const { file: other, revision } = parseConfigReference(word);
  if (other === file && revision !== undefined) return revision;
  throw new FleetError('invalid', `${file} and ${other} are two config files: name one`);
}

/** No config file of the fleet has a slash in its name. */
function isPath(path: string, name: string): FleetError {
  return new FleetError(
    'invalid',
    `'${path}' is a file on this machine, not the name of a config file of the fleet: ` +
      `fleetctl config diff ${name} --file ${path} compares the two`,
  );
}
