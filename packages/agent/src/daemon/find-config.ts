/** Where a config file is looked for when none is named: supervisord's places, in its order. Pure. */
import { dirname, join } from 'node:path';

export type FoundConfig =
  | { readonly ok: true; readonly file: string }
  /** In Supervisor's words. */
  | { readonly ok: false; readonly message: string };

/** @param executable path by which the program was called: a folder beside its own may have a config */
export function configPlaces(executable: string): readonly string[] {
  const besideBin = dirname(dirname(executable));
  return [
    join(besideBin, 'etc/supervisord.conf'),
    join(besideBin, 'supervisord.conf'),
    'supervisord.conf',
    'etc/supervisord.conf',
    '/etc/supervisord.conf',
    '/etc/supervisor/supervisord.conf',
  ];
}

/** The first of the places that exists: relative ones mean the working folder. */
export function findConfig(executable: string, exists: (path: string) => boolean): FoundConfig {
  const places = configPlaces(executable);
  const file = places.find(exists);
  if (file !== undefined) return { ok: true, file };
  const message =
    `No config file found at default paths (${places.join(', ')}); use the -c option to specify a config file at a ` +
    'different path';
  return { ok: false, message };
}
