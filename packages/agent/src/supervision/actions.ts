/** Carries out what the doors ask for, and answers in supervisorctl's words, target by target. */
import {
  formatNamespec,
  matchNamespec,
  type ProcessName,
  signalName,
  signalNumber,
  splitNamespec,
} from '@fleetvisor/config';
import { assertNever, isGlob, messageOf } from '@fleetvisor/primitives';
import type { Action, ActionResult, Outcome, TargetResult } from './action.ts';
import type { Supervisor } from './supervisor.ts';
import { badSignalResult, clearResult, noMatch, signalResult, startResult, stopResult } from './target-results.ts';

export interface ActionParts {
  readonly supervisor: Supervisor;
  /** Verbs on configurations belong to the layers. */
  readonly local: {
    reread(): ActionResult | Promise<ActionResult>;
    update(groups: readonly string[]): Promise<ActionResult>;
  };
  /** The agent's own: where it succeeds it does not come back, and the next life of the agent answers. */
  readonly upgrade: () => Promise<ActionResult>;
}

/** Resolves when the action is done with, all its targets at once; a target that takes long holds up no other action. */
export async function carryOut(parts: ActionParts, action: Action): Promise<ActionResult> {
  switch (action.verb) {
    case 'reread':
      return parts.local.reread();
    case 'update':
      return parts.local.update(action.groups);
    case 'upgrade':
      return parts.upgrade();
    case 'start':
      return answer(await start(parts.supervisor, chosen(parts.supervisor, action.targets)));
    case 'stop':
      return answer(await stop(parts.supervisor, chosen(parts.supervisor, action.targets), true));
    case 'restart':
      return answer(await restart(parts.supervisor, chosen(parts.supervisor, action.targets)));
    case 'signal':
      return answer(signal(parts.supervisor, chosen(parts.supervisor, action.targets), action.signal));
    case 'clear':
      return answer(clear(parts.supervisor, chosen(parts.supervisor, action.targets)));
    default:
      return assertNever(action);
  }
}

/** What a list of targets means on this host. */
interface Chosen {
  readonly processes: readonly {
    readonly name: ProcessName;
    /** By its own name: then it is told, too, that there was nothing to do. Of a group or pattern only those that qualify are listed. */
    readonly isNamed: boolean;
  }[];
  readonly unmatched: readonly TargetResult[];
}

/** Each process once, in the order of the targets and, of a group or pattern, in request order. */
function chosen(supervisor: Supervisor, targets: readonly string[]): Chosen {
  const all = supervisor.processNames();
  if (targets.includes('all')) return { processes: all.map((name) => ({ name, isNamed: false })), unmatched: [] };
  const processes = new Map<string, Chosen['processes'][number]>();
  const unmatched: TargetResult[] = [];
  for (const target of targets) {
    const isNamed = splitNamespec(target).name !== undefined && !isGlob(target);
    const matches = matchNamespec(target, all);
    const isEmptyGroup = matches.length === 0 && isWholeGroup(target) && hasGroup(supervisor, target);
    if (matches.length === 0 && !isEmptyGroup)
      unmatched.push(noMatch(target, isWholeGroup(target) ? 'group' : 'process'));
    for (const name of matches) {
      const key = formatNamespec(name);
      processes.set(key, { name, isNamed: isNamed || processes.get(key)?.isNamed === true });
    }
  }
  return { processes: [...processes.values()], unmatched };
}

function isWholeGroup(target: string): boolean {
  return splitNamespec(target).name === undefined;
}

function hasGroup(supervisor: Supervisor, target: string): boolean {
  return supervisor.groups().some(({ spec }) => spec.name === splitNamespec(target).group);
}

async function start(supervisor: Supervisor, { processes, unmatched }: Chosen): Promise<TargetResult[]> {
  const results = await Promise.all(
    processes.map(async ({ name, isNamed }) => {
      if (!isNamed && isRunning(supervisor, name)) return [];
      const result = startResult(name, await supervisor.start(name));
      return isNamed || result.outcome !== 'no-change' ? [result] : [];
    }),
  );
  return [...unmatched, ...results.flat()];
}

/** Of a group, only what is not in Supervisor's running set is asked to start. */
function isRunning(supervisor: Supervisor, name: ProcessName): boolean {
  const state = supervisor.status(name)?.state;
  return state === 'STARTING' || state === 'RUNNING' || state === 'BACKOFF';
}

async function stop(
  supervisor: Supervisor,
  { processes, unmatched }: Chosen,
  byHand: boolean,
): Promise<TargetResult[]> {
  const results = await Promise.all(
    processes.map(async ({ name, isNamed }) => {
      const result = stopResult(name, await supervisor.stop(name, { byHand }));
      return isNamed || result.outcome !== 'no-change' ? [result] : [];
    }),
  );
  return [...unmatched, ...results.flat()];
}

/** Stops all, then starts all, those too that were stopped before: both halves are told, as supervisorctl does. */
async function restart(supervisor: Supervisor, targets: Chosen): Promise<TargetResult[]> {
  const stopped = await stop(supervisor, targets, false);
  const started = await start(supervisor, { ...targets, unmatched: [] });
  return [...stopped, ...started];
}

function signal(supervisor: Supervisor, { processes, unmatched }: Chosen, text: string): TargetResult[] {
  const number = signalNumber(text);
  if (number === undefined) return [...unmatched, ...processes.map(({ name }) => badSignalResult(name))];
  const wanted = number === 0 ? '0' : signalName(number).replace(/^SIG/, '');
  const results = processes.flatMap(({ name, isNamed }) => {
    const result = supervisor.signal(name, wanted);
    return isNamed || result !== 'not-running' ? [signalResult(name, result)] : [];
  });
  return [...unmatched, ...results];
}

function clear(supervisor: Supervisor, { processes, unmatched }: Chosen): TargetResult[] {
  const results = processes.map(({ name }) => {
    try {
      supervisor.clearLogs(name);
      return clearResult(name, undefined);
    } catch (thrown) {
      // A log that cannot be emptied is that target's result and no reason to leave the others out.
      return clearResult(name, messageOf(thrown));
    }
  });
  return [...unmatched, ...results];
}

/** The worst of the targets, where anything done outweighs that there was nothing to do. */
const byWeight: readonly Outcome[] = ['failed', 'no-match', 'ok'];

function answer(results: readonly TargetResult[]): ActionResult {
  const outcome = byWeight.find((weight) => results.some((result) => result.outcome === weight)) ?? 'no-change';
  const message = results.length === 0 ? 'there was nothing to do' : '';
  return { outcome, results, changes: undefined, message, problems: [] };
}
