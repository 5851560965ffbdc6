/** Port: everything that the controller keeps. Async throughout: the real one lives in a worker thread. */
import type { FleetError } from '@fleetvisor/primitives';
import type { CommandStore } from './commands.ts';
import type { ConfigStore } from './configs.ts';
import type { EventStore } from './events.ts';
import type { HostStore } from './hosts.ts';
import type { RolloutStore } from './rollouts.ts';

export type PreviousEnd = 'first-start' | 'orderly' | 'crash';

export interface Store extends AsyncDisposable {
  /** UUID of the fleet: goes with the data, through backup and restore. */
  readonly fleetId: string;
  /** How the life of the controller before this one ended. */
  readonly previousEnd: PreviousEnd;
  /** UUID of this life of the data: another one after a restore from backup. */
  readonly incarnation: string;
  readonly hosts: HostStore;
  readonly configs: ConfigStore;
  readonly rollouts: RolloutStore;
  readonly events: EventStore;
  readonly commands: CommandStore;
  /** Resolves with why when nothing can be kept any more and only a new start helps; never otherwise. */
  readonly died: Promise<FleetError>;
  /**
   * What is stored is behind what was acknowledged from it: a machine or a database was set back. Nothing of it may be
   * given out any more under this incarnation: `died` resolves, and the next opening begins another life.
   */
  wasSetBack(why: string): void;
  /** Asks the disk: rejects with what is wrong when the store cannot write. For readiness. */
  check(): Promise<void>;
}
