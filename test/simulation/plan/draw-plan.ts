/** From a seed to a plan. Every number in it is drawn here. */
import type { Random } from '@fleetvisor/primitives';
import { between, chanceOf, isBy, oneOf, wholeBetween } from '../engine/chance.ts';
import { fileNames, ownFlaws } from './config-files.ts';
import type { Happening, Plan, PlanItem } from './plan.ts';

/** How long things break, at most. */
const troubleMs = { least: 30_000, most: 150_000 };
const most: Readonly<Record<Happening['kind'], number>> = {
  push: 5,
  command: 10,
  programEnds: 10,
  ownFileEdited: 4,
  ownUpdate: 4,
  ownReload: 2,
  agentUpgraded: 3,
  agentKilled: 6,
  agentStopped: 2,
  engineFrozen: 2,
  linkKilled: 2,
  powerCut: 2,
  powerCutOverWrite: 2,
  agentDiskFull: 1,
  clockStepped: 2,
  connectionCut: 4,
  partition: 4,
  controllerKilled: 4,
  controllerStopped: 1,
  controllerFrozen: 1,
  controllerBackedUp: 2,
  controllerRestored: 1,
  controllerClockStepped: 1,
  storeFull: 1,
  storeSlow: 2,
  storeForgets: 2,
};

/** @param hosts how many; drawn where it is not given, and then few: that is where stories can be followed */
export function drawPlan(seed: number, hosts?: number): Plan {
  const random = chanceOf(seed, 'plan');
  const drawn = wholeBetween(random, 1, 4);
  const count = hosts ?? drawn;
  const calmFromMs = between(random, troubleMs.least, troubleMs.most);
  const joinsAtMs = Array.from({ length: count }, () =>
    isBy(random, 0.7) ? between(random, 0, 500) : between(random, 0, calmFromMs),
  );
  const kinds = Object.keys(most) as Happening['kind'][]; // the table has exactly these
  const items = kinds.flatMap((kind): PlanItem[] => {
    // In most stories most kinds are missing: what breaks is then seen without all the rest.
    if (kind !== 'push' && isBy(random, 0.5)) return [];
    const number = wholeBetween(random, 1, most[kind]);
    return Array.from({ length: number }, () => {
      return { atMs: between(random, 1_000, calmFromMs), happening: draw(kind, random, count) };
    });
  });
  return { seed, hosts: count, joinsAtMs, calmFromMs, items: items.toSorted((a, b) => a.atMs - b.atMs) };
}

function draw(kind: Happening['kind'], random: Random, hosts: number): Happening {
  const host = wholeBetween(random, 1, hosts);
  const backAfterMs = Math.round(isBy(random, 0.7) ? 1_000 : between(random, 1_000, 150_000));
  const doom = { effects: isBy(random, 0.3) ? 1 : wholeBetween(random, 1, 60), isBefore: isBy(random, 0.5) };
  switch (kind) {
    case 'push':
      return { kind, file: oneOf(random, fileNames), version: wholeBetween(random, 1, 6), isBroken: isBy(random, 0.2) };
    case 'command': {
      const verb = oneOf(random, ['start', 'stop', 'restart', 'reread', 'update', 'update'] as const);
      const target = oneOf(random, ['all', 'own-steady', 'web-*', 'api-*', '*flaky*']);
      const chosen = Array.from({ length: hosts }, (_, i) => i + 1).filter(() => isBy(random, 0.6));
      return { kind, verb, target, hosts: chosen.length === 0 ? [host] : chosen };
    }
    case 'programEnds':
      return { kind, host, nth: wholeBetween(random, 0, 5), code: oneOf(random, [0, 1, 139]) };
    case 'ownFileEdited': {
      const flaw = isBy(random, 0.7) ? 'none' : oneOf(random, ownFlaws);
      return { kind, host, version: wholeBetween(random, 1, 6), flaw };
    }
    case 'agentUpgraded': {
      const flaw = isBy(random, 0.6)
        ? 'none'
        : oneOf(random, ['cannot-take-over', Math.round(between(random, 1, 9_000))] as const);
      return { kind, host, by: oneOf(random, ['command', 'door'] as const), flaw };
    }
    case 'ownUpdate':
    case 'ownReload':
      return { kind, host };
    case 'agentKilled':
    case 'powerCutOverWrite':
      return { kind, host, backAfterMs, ...doom };
    case 'agentStopped':
    case 'powerCut':
      return { kind, host, backAfterMs };
    case 'linkKilled':
    case 'connectionCut':
      return { kind, host };
    case 'agentDiskFull':
      return { kind, host, forMs: Math.round(between(random, 100, 20_000)) };
    case 'engineFrozen':
      return { kind, host, forMs: Math.round(between(random, 500, 100_000)) };
    case 'clockStepped':
      return { kind, host, byMs: wholeBetween(random, -7_200_000, 7_200_000) };
    case 'partition': {
      const direction = oneOf(random, ['both', 'to-controller', 'to-host'] as const);
      const forMs = Math.round(isBy(random, 0.5) ? between(random, 100, 5_000) : between(random, 5_000, 120_000));
      return { kind, host, direction, forMs };
    }
    case 'controllerKilled':
      return { kind, backAfterMs, ...doom };
    case 'controllerStopped':
      return { kind, backAfterMs };
    case 'controllerFrozen':
      return { kind, forMs: Math.round(between(random, 500, 80_000)) };
    case 'controllerBackedUp':
      return { kind };
    case 'controllerRestored':
      return { kind, how: oneOf(random, ['database', 'folder', 'machine'] as const) };
    case 'controllerClockStepped':
      return { kind, byMs: wholeBetween(random, -600_000, 600_000) };
    case 'storeFull':
    case 'storeSlow':
    case 'storeForgets':
      return { kind, forMs: Math.round(between(random, 100, 30_000)) };
  }
}
