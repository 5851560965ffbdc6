/** Python's glob.glob as a function of directory listings: what `[include] files` and nothing else means by a pattern. */

import { globMatcher, isGlob } from '@fleetvisor/primitives';

/** The file system, as far as a pattern needs it. */
export interface GlobFileSystem {
  /** Names in a directory, in any order, without `.` and `..`; empty when there is no such directory. */
  listDirectory(path: string): readonly string[];
  exists(path: string): boolean;
}

/**
 * Paths that match an absolute pattern, sorted by name. Wild cards stay within one path element and never match a
 * leading dot; there is no `~`, no `{}`, and `**` is `*`.
 */
export function globPaths(pattern: string, files: GlobFileSystem): string[] {
  let found = ['/'];
  const elements = pattern.split('/').filter((element) => element !== '');
  for (const element of elements) {
    const inside = (folder: string, name: string) => (folder.endsWith('/') ? folder + name : `${folder}/${name}`);
    if (!isGlob(element)) {
      found = found.map((folder) => inside(folder, element));
      continue;
    }
    const matches = globMatcher(element);
    const isShown = (name: string) => !name.startsWith('.') || element.startsWith('.');
    found = found.flatMap((folder) =>
      files
        .listDirectory(folder)
        .filter((name) => isShown(name) && matches(name))
        .map((name) => inside(folder, name)),
    );
  }
  return found.filter((path) => files.exists(path)).toSorted();
}
