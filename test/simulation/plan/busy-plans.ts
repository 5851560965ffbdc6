/**
 * Plans with more of one thing than chance draws: what is rare is seen in them within a few seeds, whether somebody has broken
 * it on purpose or not.
 */
import { between, chanceOf, wholeBetween } from '../engine/chance.ts';
import type { VersionFlaw } from '../host/versions.ts';
import type { Plan, PlanItem } from './plan.ts';

/** Somebody restarts everything every three seconds. */
export const restless = (plan: Plan): Plan => {
  const hosts = plan.joinsAtMs.map((_, i) => i + 1);
  const times = Math.floor(plan.calmFromMs / 3_000);
  const restarts = Array.from({ length: times }, (_, i): PlanItem => {
    return { atMs: 3_000 * (i + 1), happening: { kind: 'command', verb: 'restart', target: 'all', hosts } };
  });
  return { ...plan, items: [...plan.items, ...restarts] };
};

/** The same, and agents are killed every ten seconds. */
export const mortal = (plan: Plan): Plan => {
  const busy = restless(plan);
  const times = Math.floor(plan.calmFromMs / 10_000);
  const kills = plan.joinsAtMs.flatMap((_, i) =>
    Array.from({ length: times }, (__, n): PlanItem => {
      const doom = { effects: 1, isBefore: false };
      return { atMs: 10_000 * (n + 1), happening: { kind: 'agentKilled', host: i + 1, backAfterMs: 1_000, ...doom } };
    }),
  );
  return { ...busy, items: [...busy.items, ...kills] };
};

/** Restless, and power goes in the middle of it. */
export const unpowered = (plan: Plan): Plan => {
  const busy = restless(plan);
  const random = chanceOf(plan.seed, 'unpowered');
  const cuts = busy.items.flatMap(({ atMs, happening }, i): PlanItem[] => {
    if (happening.kind !== 'command' || i % 4 !== 0) return [];
    const host = 1 + (i % plan.joinsAtMs.length);
    const effects = wholeBetween(random, 1, 4);
    return [{ atMs, happening: { kind: 'powerCutOverWrite', host, backAfterMs: 1_000, effects, isBefore: false } }];
  });
  return { ...busy, items: [...busy.items, ...cuts] };
};

/** Restless, and engines do nothing for a minute and a half. */
export const sluggish = (plan: Plan): Plan => {
  const freezes = plan.joinsAtMs.map((_, i): PlanItem => {
    return { atMs: plan.calmFromMs / 3, happening: { kind: 'engineFrozen', host: i + 1, forMs: 90_000 } };
  });
  const busy = restless(plan);
  return { ...busy, items: [...busy.items, ...freezes] };
};

/** Restless, and agents are replaced every five seconds. @param flaw of every version */
export const everNewer =
  (flaw: VersionFlaw) =>
  (plan: Plan): Plan => {
    return upgradedEvery(5_000, flaw, restless(plan));
  };

/** Nothing happens but that agents are replaced now and then. */
export const maintained = (plan: Plan): Plan => upgradedEvery(40_000, 'none', { ...plan, items: [] });

function upgradedEvery(ms: number, flaw: VersionFlaw, plan: Plan): Plan {
  const times = Math.floor(plan.calmFromMs / ms);
  const upgrades = plan.joinsAtMs.flatMap((_, i) =>
    Array.from({ length: times }, (__, n): PlanItem => {
      return { atMs: ms * (n + 1), happening: { kind: 'agentUpgraded', host: i + 1, by: 'door', flaw } };
    }),
  );
  return { ...plan, items: [...plan.items, ...upgrades] };
}

/**
 * Nothing happens but that the way to the controller is blocked for almost as long as a connection lasts for certain, and that
 * whoever had something on it is frozen before it is free again, and says nothing more.
 */
export const delayed = (plan: Plan): Plan => {
  const [blockedMs, roundMs, rounds] = [9_900, 100_000, 8];
  const random = chanceOf(plan.seed, 'delayed');
  const items = plan.joinsAtMs.flatMap((_, i) =>
    Array.from({ length: rounds }, (__, round): PlanItem[] => {
      const host = i + 1;
      const atMs = roundMs * (round + 1) + between(random, 0, 20_000);
      return [
        { atMs, happening: { kind: 'partition', host, direction: 'to-controller', forMs: blockedMs } },
        { atMs: atMs + 4_000, happening: { kind: 'engineFrozen', host, forMs: 70_000 } },
        { atMs: atMs + 4_001, happening: { kind: 'programEnds', host, nth: 0, code: 1 } },
      ];
    }),
  );
  return { ...plan, calmFromMs: roundMs * (rounds + 2), items: items.flat() };
};

/** By name, for whoever wants stories of one kind. */
export const busyPlans: Readonly<Record<string, (plan: Plan) => Plan>> = {
  ...{ restless, mortal, unpowered, sluggish, maintained, delayed },
  upgraded: everNewer('none'),
  'not-upgraded': everNewer('cannot-take-over'),
  'badly-upgraded': everNewer(2_000),
};
