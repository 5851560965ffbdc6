/** Says who this host is and where it stands: what the link needs for its Hello. */
import { createHash } from 'node:crypto';
import type { ProcessGroupSpec } from '@fleetvisor/config';
import { type Clock, type Random, uuidv7 } from '@fleetvisor/primitives';
import { readBootId } from '../os/boot-id.ts';
import type { FleetSettings } from '../settings.ts';
import type { FleetState } from '../state/fleet-state.ts';
import type { Spool } from '../state/spool.ts';
import { version } from '../version.ts';
import type { Introduction } from './port.ts';

export interface IntroducerParts {
  readonly hostId: string;
  readonly settings: FleetSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly spool: Spool;
  readonly fleet: FleetState;
  readonly localGroups: () => readonly ProcessGroupSpec[];
}

/** Fixes what belongs to this life of the engine; the rest is as it is at each call. */
export function introducer(parts: IntroducerParts): () => Introduction {
  const { hostId, settings, clock, random, spool, fleet } = parts;
  const life = {
    hostId,
    name: settings.name,
    hostGroups: settings.hostGroups,
    labels: settings.labels,
    endpoints: settings.endpoints,
    bootId: readBootId(),
    engineInstanceId: uuidv7(clock.wallTimeUs(), random),
    engineStartedAtUs: clock.wallTimeUs(),
    agentVersion: version,
  };
  return () => ({
    ...life,
    ...fleet.fleet,
    ...spool.position,
    config: fleet.facts,
    localDigest: digestOf(parts.localGroups()),
  });
}

/** Of the meaning of the local layer: where in its files something stands does not count. */
function digestOf(groups: readonly ProcessGroupSpec[]): string {
  const meaning = JSON.stringify(groups, (key, value) => (key === 'source' ? undefined : value));
  return createHash('sha256').update(meaning).digest('hex');
}
