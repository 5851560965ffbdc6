/** Plans with more of what a break needs to be seen. */
import { between, chanceOf, wholeBetween } from '../engine/chance.ts';
import type { Plan, PlanItem } from '../plan/plan.ts';

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

/** Ways to the controller are blocked for almost as long as a connection lasts; whoever says nothing more meanwhile is frozen. */
export const delayed = (plan: Plan): Plan => {
  const blockedMs = 25_000;
  const random = chanceOf(plan.seed, 'delayed');
  const items = plan.joinsAtMs.flatMap((_, i): PlanItem[] => {
    const host = i + 1;
    const atMs = between(random, 1_000, plan.calmFromMs);
    const nth = wholeBetween(random, 0, 5);
    return [
      { atMs, happening: { kind: 'partition', host, direction: 'to-controller', forMs: blockedMs } },
      { atMs: atMs + 5_000, happening: { kind: 'engineFrozen', host, forMs: 120_000 } },
      { atMs: atMs + 5_001, happening: { kind: 'programEnds', host, nth, code: 1 } },
    ];
  });
  return { ...plan, calmFromMs: plan.calmFromMs + 130_000, items: [...plan.items, ...items] };
};
