/** Keeps the configuration in force written down, as the agent takes one up: at its start, at a reload, and some of it at a reread. */
import type { DaemonSpec, ParsedConfig } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { ConfigInForce } from '../state/config-in-force.ts';

/** A reread takes these up at once, as in Supervisor (trap 34); where its own log and pidfile are does not move under it. */
export function afterReread(inForce: DaemonSpec, { identifier, stripAnsi, childlogdir }: DaemonSpec): DaemonSpec {
  return { ...inForce, identifier, stripAnsi, childlogdir };
}

export class ConfigKeeper {
  readonly #kept: Pick<ConfigInForce, 'keep'>;
  readonly #onTrouble: (message: string) => void;
  #inForce: ParsedConfig | undefined;

  /** @param onTrouble is told what the disk refuses; it is tried again with the next configuration */
  constructor(kept: Pick<ConfigInForce, 'keep'>, onTrouble: (message: string) => void) {
    this.#kept = kept;
    this.#onTrouble = onTrouble;
  }

  /** Undefined until one has been taken up. */
  get inForce(): ParsedConfig | undefined {
    return this.#inForce;
  }

  /** All of it counts from now on. */
  tookUp(config: ParsedConfig): void {
    this.#inForce = config;
    try {
      this.#kept.keep(config);
    } catch (error) {
      this.#onTrouble(`cannot write down the configuration: ${messageOf(error)}`);
    }
  }

  /** The file was read again: its groups are the ones to `update` to; the servers stay as they are until a reload. */
  reread(read: ParsedConfig): void {
    const inForce = this.#inForce;
    if (inForce === undefined) return; // not begun yet
    this.tookUp({
      ...inForce,
      daemon: afterReread(inForce.daemon, read.daemon),
      groups: read.groups,
      files: read.files,
    });
  }
}
