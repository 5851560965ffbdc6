/** The daemon's life: it runs, begins anew from its files, and ends. Signals and clients alike ask for it here. */
import { type ConfigProblem, formatProblem, type ParsedConfig } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { Daemon } from '../compat/daemon.ts';
import type { LocalLayer, RestartCourse } from '../layers/local-layer.ts';
import type { Ending } from '../supervision/ending.ts';

export interface LifeParts extends Omit<Daemon, LifeVerbs> {
  readonly local: LocalLayer;
  /** Tells event listeners of SUPERVISOR_STATE_CHANGE. */
  readonly announce: (state: 'RUNNING' | 'STOPPING') => void;
  /** Programs are about to be stopped on purpose, or all that were to be have been. */
  readonly ends: (what: Ending) => void;
  /**
   * A reload has stopped the host's own programs: what the daemon itself has of its config changes now.
   * @param onRefused is told what cannot be had; the rest is taken up all the same
   */
  readonly adopt: (config: ParsedConfig, onRefused: (error: unknown) => void) => Promise<void>;
}

type LifeVerbs = 'state' | 'reread' | 'configured' | 'addGroup' | 'removeGroup' | 'shutdown' | 'restart';

export interface Life extends Daemon {
  /** Resolves when somebody asks for the end. */
  readonly toldToEnd: Promise<void>;
}

/** A reload that has been asked for and is not over. */
interface Reload {
  /** Its files have been read: what comes after that is for the next. */
  hasRead: boolean;
  isWantedAgain: boolean;
}

/** The life of a daemon that runs. */
export function beginLife(parts: LifeParts): Life {
  const { local, supervisor } = parts;
  const told = Promise.withResolvers<void>();
  let state: ReturnType<Daemon['state']> = 'running';
  let reload: Reload | undefined;

  const complain = (what: string) => (error: unknown) => parts.mainLog.log('critical', `${what}: ${messageOf(error)}`);

  const tellProblems = (problems: readonly ConfigProblem[], andSo: string) => {
    for (const problem of problems) parts.mainLog.log('error', formatProblem(problem));
    parts.mainLog.log('error', andSo);
  };

  const restart: Daemon['restart'] = () => {
    if (state === 'shutting-down') return { ok: true };
    if (reload !== undefined) {
      // Before the files are read another wish adds nothing; after that they may have changed once more.
      reload.isWantedAgain = reload.hasRead;
      return { ok: true };
    }
    const files = local.readFiles();
    if (!files.ok) {
      tellProblems(files.problems, 'not restarted: the configuration has errors; everything runs on as it was');
      return files;
    }
    reload = { hasRead: false, isWantedAgain: false };
    local.restart(files, courseOf(reload)).catch(complain('cannot start the programs anew')).finally(begunAnew);
    return { ok: true };
  };

  const courseOf = (mine: Reload): RestartCourse => ({
    waits: () =>
      parts.mainLog.log('info', 'the restart waits for the end of a change of the programs that is under way'),
    begins: () => {
      if (state !== 'running') return; // told to end meanwhile
      state = 'restarting';
      parts.ends('local');
      parts.announce('STOPPING');
    },
    broken: (problems) =>
      tellProblems(problems, 'the configuration has errors since the restart was asked for: it is as it was then'),
    between: (config) => {
      mine.hasRead = true;
      // The programs are worth more than what the daemon could not have of its new config.
      const onRefused = complain('cannot take up all of the new configuration');
      return parts.adopt(config, onRefused).catch(onRefused);
    },
  });

  const begunAnew = () => {
    const isWantedAgain = reload?.isWantedAgain === true;
    reload = undefined;
    if (state !== 'restarting') return; // told to end meanwhile
    state = 'running';
    parts.ends('nothing');
    parts.announce('RUNNING');
    if (isWantedAgain) restart();
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
      parts.ends('everything');
      if (!isAnnounced) parts.announce('STOPPING');
      told.resolve();
    },
    restart,
  };
}
