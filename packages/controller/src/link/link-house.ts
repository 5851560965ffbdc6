/** Everything that the agents' side works with; made by `startFleet`. */
import type { Clock, Random } from '@fleetvisor/primitives';
import type { CommandRouter } from '../fleet/commands.ts';
import type { FleetLog } from '../fleet/fleet-log.ts';
import type { EventFeed } from '../fleet/history.ts';
import type { LiveFleet } from '../fleet/live.ts';
import type { LoadGauge } from '../fleet/load-gauge.ts';
import type { LogRouter } from '../fleet/logs.ts';
import type { OwnEvents } from '../fleet/own-event.ts';
import type { StoreWatch } from '../fleet/store-watch.ts';
import type { Rollouts } from '../rollout/runner.ts';
import type { Store } from '../store/store.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { EngineLives } from './engine-lives.ts';
import type { SessionRegistry } from './registry.ts';
import type { SnapshotSlots } from './snapshot-slots.ts';

export interface LinkHouse {
  readonly store: Store;
  readonly watch: StoreWatch;
  readonly live: LiveFleet;
  readonly commands: CommandRouter;
  readonly logs: LogRouter;
  readonly events: EventFeed;
  readonly rollouts: Rollouts;
  readonly ownEvents: OwnEvents;
  readonly sessions: SessionRegistry;
  readonly lives: EngineLives;
  readonly slots: SnapshotSlots;
  readonly load: LoadGauge;
  readonly door: Doorkeeper;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: FleetLog;
  /** Of the controller. */
  readonly version: string;
}
