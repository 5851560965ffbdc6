/** The daemon's life: it runs, begins anew from its files, and ends. Signals and clients alike ask for it here. */
import { formatProblem, type ParsedConfig } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { Daemon } from '../compat/daemon.ts';
import type { LocalLayer } from '../layers/local-layer.ts';

export interface LifeParts extends Omit<Daemon, LifeVerbs> {
  readonly local: LocalLayer;
  /** Tells event listeners of SUPERVISOR_STATE_CHANGE. */
  readonly announce: (state: 'RUNNING' | 'STOPPING') => void;
  /** A reload has stopped the host's own programs: what the daemon itself has of its config changes now. */
  readonly adopt: (config: ParsedConfig) => Promise<void>;
}

type LifeVerbs = 'state' | 'reread' | 'configured' | 'addGroup' | 'removeGroup' | 'shutdown' | 'restart';

export interface Life extends Daemon {
  /** Resolves when somebody asks for the end. */
  readonly toldToEnd: Promise<void>;
}

/** The life of a daemon that runs. */
export function beginLife(parts: LifeParts): Life {
  const { local, supervisor } = parts;
  const told = Promise.withResolvers<void>();
  let state: ReturnType<Daemon['state']> = 'running';

  const complain = (what: string) => (error: unknown) => parts.mainLog.log('critical', `${what}: ${messageOf(error)}`);

  const begunAnew = () => {
    if (state !== 'restarting') return; // told to end meanwhile
    state = 'running';
    parts.announce('RUNNING');
  };

  return {
    ...parts,
    toldToEnd: told.promise,
    state: () => state,
    reread: () => local.readFiles(),
    configured: () => {
      const active = new Set(supervisor.groups().map(({ spec }) => spec.name));
      return local.configured().map((spec) => ({ spec, isActive: active.has(spec.name) }));
    },
    addGroup: (name) => local.addGroup(name),
    removeGroup: (name) => local.removeGroup(name),
    shutdown: () => {
      if (state === 'shutting-down') return;
      const isAnnounced = state === 'restarting';
      state = 'shutting-down';
      if (!isAnnounced) parts.announce('STOPPING');
      told.resolve();
    },
    restart: () => {
      // One that is under way will begin with the files as it found them; a third party's second wish adds nothing.
      if (state !== 'running') return { ok: true };
      const files = local.readFiles();
      if (!files.ok) {
        for (const problem of files.problems) parts.mainLog.log('error', formatProblem(problem));
        parts.mainLog.log('error', 'not restarted: the configuration has errors; everything runs on as it was');
        return files;
      }
      state = 'restarting';
      parts.announce('STOPPING');
      // The programs are worth more than what the daemon could not have of its new config.
      const adopt = () => parts.adopt(files.config).catch(complain('cannot take up all of the new configuration'));
      local.restart(files, adopt).catch(complain('cannot start the programs anew')).finally(begunAnew);
      return { ok: true };
    },
  };
}
