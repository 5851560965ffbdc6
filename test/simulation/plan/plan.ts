/**
 * What happens in one story, as data that was made up before it begins: so that a story that fails can be told again with
 * less in it. Nothing of it depends on anything else of it.
 */
import type { RestoreKind } from '../controller/simulated-controller.ts';
import type { Doom } from '../engine/life.ts';
import type { VersionFlaw } from '../host/versions.ts';
import type { Direction } from '../network/network.ts';
import type { OwnFlaw } from './config-files.ts';

export type Happening =
  /** Work. */
  | { readonly kind: 'push'; readonly file: string; readonly version: number; readonly isBroken: boolean }
  | {
      readonly kind: 'command';
      readonly verb: 'start' | 'stop' | 'restart' | 'reread' | 'update';
      /** For all but the last two. */
      readonly target: string;
      readonly hosts: readonly number[];
    }
  | { readonly kind: 'programEnds'; readonly host: number; readonly nth: number; readonly code: number }
  /** Somebody edits a host's own config file; on the host itself they have it updated, or all of it begun anew. */
  | { readonly kind: 'ownFileEdited'; readonly host: number; readonly version: number; readonly flaw: OwnFlaw }
  | { readonly kind: 'ownUpdate'; readonly host: number }
  | { readonly kind: 'ownReload'; readonly host: number }
  /** Another version is installed, and taken at once. */
  | {
      readonly kind: 'agentUpgraded';
      readonly host: number;
      readonly by: 'command' | 'door';
      readonly flaw: VersionFlaw;
    }
  /** Faults of a host. */
  | ({ readonly kind: 'agentKilled'; readonly host: number; readonly backAfterMs: number } & Doom)
  | { readonly kind: 'agentStopped'; readonly host: number; readonly backAfterMs: number }
  | { readonly kind: 'engineFrozen'; readonly host: number; readonly forMs: number }
  | { readonly kind: 'linkKilled'; readonly host: number }
  | { readonly kind: 'powerCut'; readonly host: number; readonly backAfterMs: number }
  | ({ readonly kind: 'powerCutOverWrite'; readonly host: number; readonly backAfterMs: number } & Doom)
  | { readonly kind: 'agentDiskFull'; readonly host: number; readonly forMs: number }
  | { readonly kind: 'clockStepped'; readonly host: number; readonly byMs: number }
  /** Faults of the network. */
  | { readonly kind: 'connectionCut'; readonly host: number }
  | { readonly kind: 'partition'; readonly host: number; readonly direction: Direction; readonly forMs: number }
  /** Faults of the controller. */
  | ({ readonly kind: 'controllerKilled'; readonly backAfterMs: number } & Doom)
  | { readonly kind: 'controllerStopped'; readonly backAfterMs: number }
  | { readonly kind: 'controllerFrozen'; readonly forMs: number }
  | { readonly kind: 'controllerBackedUp' }
  | { readonly kind: 'controllerRestored'; readonly how: RestoreKind }
  | { readonly kind: 'controllerClockStepped'; readonly byMs: number }
  | { readonly kind: 'storeFull'; readonly forMs: number }
  | { readonly kind: 'storeSlow'; readonly forMs: number }
  | { readonly kind: 'storeForgets'; readonly forMs: number };

export interface PlanItem {
  readonly atMs: number;
  readonly happening: Happening;
}

export interface Plan {
  readonly seed: number;
  readonly hosts: number;
  /** When each host's agent is started for the first time. */
  readonly joinsAtMs: readonly number[];
  readonly items: readonly PlanItem[];
  /** From then on nothing breaks any more. */
  readonly calmFromMs: number;
}

/** One line for people. */
export function itemLine({ atMs, happening }: PlanItem): string {
  const { kind, ...facts } = happening;
  const words = Object.entries(facts).map(
    ([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : value}`,
  );
  return [`${(atMs / 1000).toFixed(3).padStart(8)}  ${kind}`, ...words].join(' ');
}

/** When the last of what happens is over: disks have room again, ways are free, whoever was ended has been started. */
export function overAtMs({ items, calmFromMs }: Plan): number {
  const ends = items.map(({ atMs, happening }) => {
    if ('forMs' in happening) return atMs + happening.forMs;
    return 'backAfterMs' in happening ? atMs + happening.backAfterMs : atMs;
  });
  return Math.max(calmFromMs, ...ends);
}
