/** Where the contexts file is. */
import { join } from 'node:path';

export interface ContextPath {
  readonly path: string;
  /** It was said to be there: then it has to be. */
  readonly isNamed: boolean;
}

/** FLEETCTL_CONFIG names it; else it is in the user's folder for settings, as the XDG base directories have it. */
export function contextPath(env: Readonly<Record<string, string | undefined>>, home: string): ContextPath {
  const named = env.FLEETCTL_CONFIG;
  if (named !== undefined && named !== '') return { path: named, isNamed: true };
  const settings = env.XDG_CONFIG_HOME;
  // A relative one is to be ignored, says the specification.
  const folder = settings?.startsWith('/') ? settings : join(home, '.config');
  return { path: join(folder, 'fleetctl', 'contexts.ini'), isNamed: false };
}
