/** The two layers of a host over one supervisor: each knows what the other has, and they change one at a time. */
import { join } from 'node:path';
import type { ParseContext, ParsedConfig, ParseResult } from '@fleetvisor/config';
import type { Clock } from '@fleetvisor/primitives';
import type { OfferStatus } from '../bridge/port.ts';
import type { AgentEvent } from '../events/event.ts';
import type { MainLogWriter } from '../logs/main-log.ts';
import type { FleetState } from '../state/fleet-state.ts';
import type { Supervisor } from '../supervision/supervisor.ts';
import { FleetLayer } from './fleet-layer.ts';
import { mirrorFleetFiles } from './fleet-mirror.ts';
import { LocalLayer } from './local-layer.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { offerReader } from './read-offer.ts';

export interface LayersParts {
  readonly clock: Clock;
  readonly supervisor: Supervisor;
  readonly fleet: FleetState;
  /** As the agent was started with it. */
  readonly config: ParsedConfig;
  /** Parses the config file as it is now. */
  readonly read: () => ParseResult;
  /** The local files were read again and are sound. */
  readonly onRead: (config: ParsedConfig) => void;
  readonly context: ParseContext;
  readonly dataDir: string;
  readonly record: (event: AgentEvent) => void;
  readonly report: (status: OfferStatus) => void;
  readonly log: MainLogWriter['log'];
}

export interface Layers {
  readonly local: LocalLayer;
  readonly fleetLayer: FleetLayer;
  /** Whoever changes what the host runs, or must not be in the middle of that, takes a turn. */
  readonly changes: OneAtATime;
}

export function openLayers(parts: LayersParts): Layers {
  const { supervisor, config, record, report, log, read, onRead } = parts;
  const changes = new OneAtATime();
  const mirror = join(parts.dataDir, 'fleet.d');
  const local = new LocalLayer({ supervisor, changes, config, record, read, onRead });
  const fleetLayer = new FleetLayer({
    ...{ clock: parts.clock, supervisor, changes, record, report, log },
    state: parts.fleet,
    read: offerReader({ ...parts.context, here: mirror }, config.daemon),
    localGroups: () => local.groups(),
    mirror: (files) => mirrorFleetFiles(mirror, files),
  });
  return { local, fleetLayer, changes };
}
