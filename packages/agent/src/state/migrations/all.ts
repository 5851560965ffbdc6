/** Every migration in order. A new one is a new file and a new line here. */
import type { Migration } from '../migrate.ts';
import { first } from './0001-first.ts';
import { whatRuns } from './0002-what-runs.ts';
import { configInForce } from './0003-config-in-force.ts';

export const migrations: readonly Migration[] = [first, whatRuns, configInForce];
