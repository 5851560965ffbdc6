/**
 * What an agent of this world begins with: its host's config file, or, where that is broken and the agent before it has left
 * programs running, what that one had in force. As `daemon/first-config.ts` does it, with the traces of this world.
 */
import { type ConfigProblem, formatProblem, type ParsedConfig, type ParseResult } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import { hasLeftPrograms } from '../../../packages/agent/src/layers/config-left.ts';
import type { AgentDb } from '../../../packages/agent/src/state/agent-db.ts';
import { leftLife } from '../../../packages/agent/src/state/agent-life.ts';
import { readConfigInForce } from '../../../packages/agent/src/state/config-in-force.ts';
import type { FakeOs } from './fake-os.ts';

export interface StartingConfig {
  readonly config: ParsedConfig;
  /** What is wrong with the file, where `config` is what was in force. */
  readonly problems: readonly ConfigProblem[];
}

/** @throws FleetError `invalid` where there is nothing to begin with */
export function startingConfig(parsed: ParseResult, db: AgentDb, os: FakeOs): StartingConfig {
  if (parsed.ok) return { config: parsed.config, problems: [] };
  const left = leftLife(db.sql, os.machineLife);
  const hasLeft = left !== undefined && hasLeftPrograms(left, (child) => os.find(child) !== undefined);
  const config = hasLeft ? readConfigInForce(db.sql) : undefined;
  if (config !== undefined) return { config, problems: parsed.problems };
  throw new FleetError('invalid', parsed.problems.map(formatProblem).join('; '));
}
