/** A daemon over a made-up world, called as a client calls it: through the dispatcher, and there and back as XML. */
import type { ConfigProblem, ProcessGroupSpec } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import { LogFiles } from '../../../logs/log-files.ts';
import type { GroupChanges } from '../../../supervision/action.ts';
import { type SupervisedWorld, superviseFake } from '../../../supervision/testing/supervised-world.ts';
import type { Daemon } from '../../daemon.ts';
import { Dispatcher } from '../../xmlrpc/dispatch.ts';
import { XmlRpcFault } from '../../xmlrpc/fault.ts';
import { parseResponse } from '../../xmlrpc/parse-response.ts';
import type { XmlRpcValue } from '../../xmlrpc/value.ts';
import { renderFault, renderResponse } from '../../xmlrpc/write-response.ts';
import { supervisorMethods } from '../supervisor-methods.ts';

/** What the daemon has and is; tests set it. */
export interface Settings {
  state: ReturnType<Daemon['state']>;
  configured: readonly ProcessGroupSpec[];
  /** What is wrong with the files; empty when they are sound. */
  problems: readonly ConfigProblem[];
  changes: GroupChanges;
  mainLogPath: string | undefined;
  /** Why the main log cannot be emptied. */
  mainLogFailure: string | undefined;
}

export interface CalledDaemon extends SupervisedWorld {
  readonly settings: Settings;
  /** What was asked of the daemon beyond its supervisor. */
  readonly asked: readonly string[];
  /** What the methods told the main log above debug. */
  readonly told: readonly string[];
  readonly dispatcher: Dispatcher;
  /** The answer as a client reads it; a fault as `FAULT 10 BAD_NAME: x`. */
  call(method: string, ...params: XmlRpcValue[]): Promise<XmlRpcValue>;
}

/** @param behaviours as of `superviseFake` */
export function calledDaemon(behaviours: Parameters<typeof superviseFake>[0] = {}): CalledDaemon {
  const world = superviseFake(behaviours);
  const { clock, supervisor, logs } = world;
  const settings: Settings = {
    state: 'running',
    configured: [],
    problems: [],
    changes: { added: [], changed: [], removed: [] },
    mainLogPath: undefined,
    mainLogFailure: undefined,
  };
  const asked: string[] = [];
  const told: string[] = [];
  const layerOf = (name: string) => supervisor.groups().find(({ spec }) => spec.name === name)?.layer;
  const log: Daemon['mainLog']['log'] = (level, text) => {
    if (level !== 'debug' && level !== 'trace') told.push(`${level} ${text}`);
  };
  const daemon: Daemon = {
    clock,
    supervisor,
    logs,
    files: new LogFiles(log),
    mainLog: {
      path: () => settings.mainLogPath,
      clear: () => {
        if (settings.mainLogFailure !== undefined) throw new FleetError('unavailable', settings.mainLogFailure);
        asked.push('clear the main log');
      },
      log,
    },
    identifier: () => 'supervisor',
    state: () => settings.state,
    reread: () => {
      const { problems, changes } = settings;
      return problems.length > 0 ? { ok: false, problems } : { ok: true, changes };
    },
    configured: () => settings.configured.map((spec) => ({ spec, isActive: layerOf(spec.name) !== undefined })),
    addGroup: (name) => {
      const spec = settings.configured.find((candidate) => candidate.name === name);
      if (spec === undefined) return 'no-such-group';
      if (layerOf(name) !== undefined) return 'already-added';
      supervisor.addGroup(spec, 'local');
      return 'added';
    },
    removeGroup: (name) => {
      const layer = layerOf(name);
      if (layer === undefined) return 'no-such-group';
      if (layer === 'fleet') return 'not-local';
      const isUp = ({ state }: { state: string }) => !['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN'].includes(state);
      if (supervisor.snapshot().some((status) => status.process.group === name && isUp(status))) return 'still-running';
      supervisor.removeGroup(name);
      return 'removed';
    },
    shutdown: () => void asked.push('shutdown'),
    restart: () => {
      const { problems } = settings;
      if (problems.length > 0) return { ok: false, problems };
      asked.push('restart');
      return { ok: true };
    },
    remoteCommunication: (type, data) => void asked.push(`${type}: ${data}`),
  };
  const methods = supervisorMethods(daemon);
  const dispatcher = new Dispatcher({ methods, clock, isRunning: () => settings.state === 'running', log });
  const response = async (method: string, params: readonly XmlRpcValue[]): Promise<string> => {
    try {
      return renderResponse(await dispatcher.call(method, params));
    } catch (thrown) {
      if (!(thrown instanceof XmlRpcFault)) throw thrown;
      return renderFault(thrown.code, thrown.message);
    }
  };
  return {
    ...world,
    settings,
    asked,
    told,
    dispatcher,
    call: async (method, ...params) => {
      const parsed = parseResponse(Buffer.from(await response(method, params)));
      if (parsed.kind === 'fault') return `FAULT ${parsed.code} ${parsed.message}`;
      if (parsed.kind === 'value') return parsed.value;
      throw new Error(`a client cannot read the answer: ${JSON.stringify(parsed)}`);
    },
  };
}
