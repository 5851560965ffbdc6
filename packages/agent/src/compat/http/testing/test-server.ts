/** A server at a socket of its own folder, for tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Clock, systemClock } from '@fleetvisor/primitives';
import { Users } from '../../../os/users.ts';
import type { OpenOptions } from '../open-servers.ts';
import type { Route } from '../route.ts';

/** A folder that goes away with the test. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(`${tmpdir()}/http-`);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Whatever the servers under test tell, `level text`; trace apart. */
export interface Told {
  readonly lines: string[];
  readonly traces: string[];
  readonly warnings: string[];
}

export function testOptions(
  routes: readonly Route[],
  clock: Clock = systemClock,
  connectionsMax = 50,
): { readonly options: OpenOptions; readonly told: Told } {
  const told: Told = { lines: [], traces: [], warnings: [] };
  const options: OpenOptions = {
    routes,
    clock,
    users: new Users(clock),
    connectionsMax,
    log: (level, text) => void (level === 'trace' ? told.traces.push(text) : told.lines.push(`${level} ${text}`)),
    warn: (text) => void told.warnings.push(text),
  };
  return { options, told };
}
