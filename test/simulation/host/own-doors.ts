/** What a person asks of an agent on its own host: `supervisorctl update` and SIGHUP. */
import type { ParsedConfig } from '@fleetvisor/config';
import type { LocalLayer } from '../../../packages/agent/src/layers/local-layer.ts';
import type { AgentLife } from '../../../packages/agent/src/state/agent-life.ts';

export interface OwnDoorsParts {
  readonly local: LocalLayer;
  readonly agentLife: Pick<AgentLife, 'setEnding'>;
  readonly isShuttingDown: () => boolean;
  /** A reload takes all of it up. */
  readonly tookUp: (config: ParsedConfig) => void;
}

export interface OwnDoors {
  /** @returns how it ended */
  update(): Promise<string>;
  /** Stops everything of the host's own and starts it anew from the file; a broken file changes nothing. @returns the same */
  reload(): Promise<string>;
}

export function ownDoors({ local, agentLife, isShuttingDown, tookUp }: OwnDoorsParts): OwnDoors {
  let isReloading = false;
  return {
    update: async () => (await local.update([])).outcome,
    async reload() {
      const files = local.readFiles();
      if (!files.ok) return 'refused';
      if (isReloading) return 'under way already';
      isReloading = true;
      try {
        await local.restart(files, {
          waits: () => {},
          begins: () => agentLife.setEnding('local'),
          broken: () => {},
          between: async (config) => tookUp(config),
        });
      } finally {
        isReloading = false;
        if (!isShuttingDown()) agentLife.setEnding('nothing');
      }
      return 'ok';
    },
  };
}
