/**
 * Each host runs what it should: the state it was given last, with every program of it up that can be. By itself, unless the
 * state has failed or was refused, which waits for a person; and in the end, when a person has pushed once more, all of them.
 */
import { formatNamespec, neutralContext, parseConfig, parseFleetFile } from '@fleetvisor/config';
import { kindOf, lastingKinds } from '../host/behaviours.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { World } from '../world.ts';
import { CentralHistory } from './central-history.ts';
import type { MakeChecker } from './checker.ts';
import { firstOf } from './nothing-lost-or-doubled.ts';

export const desiredState: MakeChecker = (world) => {
  const history = new CentralHistory(world.controller);
  return {
    name: 'each host runs its desired state',
    atCalm: () => firstOf(world.hosts, (host) => (mayWait(world, history, host) ? undefined : wrongState(world, host))),
    atRest: () => firstOf(world.hosts, (host) => wrongState(world, host) ?? wrongPrograms(world, history, host)),
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
};

function wrongState(world: World, host: SimulatedHost): string | undefined {
  const view = world.controller.fleet?.live.host(host.hostId);
  const running = host.engine?.fleet.facts.running;
  if (view?.desired === undefined) return `${host.name}: it was given no state`;
  const isNothing = view.files.length === 0 && running === undefined;
  if (isNothing || running?.hash === view.desired.hash) return undefined;
  return `${host.name}: it runs ${running?.hash.slice(0, 8)}, and should run ${view.desired.hash.slice(0, 8)}`;
}

/** It was given what did not do it or another host any good: nobody offers it again by himself. */
function mayWait(world: World, history: CentralHistory, host: SimulatedHost): boolean {
  const assignment = world.controller.fleet?.live.assignment(host.hostId);
  if (assignment === undefined) return false;
  const attempt = world.controller.fleet?.live.host(host.hostId)?.config.lastAttempt;
  const isJudged = attempt?.phase === 'rejected' || attempt?.phase === 'failed' || attempt?.phase === 'reverted';
  if (isJudged && attempt.ref.hash === assignment.ref.hash) return true;
  return assignment.rolloutId !== '' && history.rolloutState(assignment.rolloutId) === 'failed';
}

function wrongPrograms(world: World, history: CentralHistory, host: SimulatedHost): string | undefined {
  const statuses = new Map(
    host.engine?.supervisor.snapshot().map((status) => [formatNamespec(status.process), status] as const),
  );
  for (const { label, program } of lastingOn(world, history, host)) {
    const status = statuses.get(label);
    if (status === undefined) return `${host.name}: its agent does not know ${label}`;
    const lives = host.os.livingOf(label).length;
    // A flaky one may just be between two runs.
    const isRight = status.stoppedByHand ? lives === 0 : lives === 1 || kindOf(program) === 'flaky';
    if (!isRight) return `${host.name}: ${lives} of ${label} run, stopped by hand: ${status.stoppedByHand}`;
  }
  return undefined;
}

/** Programs that come up and stay, of its own config and of the files that the controller has given it. */
function lastingOn(
  world: World,
  history: CentralHistory,
  host: SimulatedHost,
): readonly { readonly label: string; readonly program: string }[] {
  const own = parseConfig({ file: 'own', text: host.ownFile }, neutralContext());
  const files = world.controller.fleet?.live.host(host.hostId)?.files ?? [];
  const parsed = files.map(({ file, revision }) => {
    return parseFleetFile({ file, text: history.contentOf(file, revision) ?? new Uint8Array() }, neutralContext());
  });
  const groups = [
    ...(own.ok ? own.config.groups : []),
    ...parsed.flatMap((result) => (result.ok ? result.fleetFile.groups : [])),
  ];
  const lasting: readonly string[] = lastingKinds;
  return groups
    .flatMap(({ processes }) => processes)
    .filter(({ program }) => lasting.includes(kindOf(program)))
    .map((spec) => ({ label: formatNamespec(spec), program: spec.program }));
}
