import { describe, expect, it } from 'vitest';
import { drawPlan } from './draw-plan.ts';
import type { Plan } from './plan.ts';
import { shrink } from './shrink.ts';

const itemAt = (atMs: number, host = 1) => ({ atMs, happening: { kind: 'linkKilled', host } as const });
const planOf = (items: Plan['items'], hosts = 1): Plan => {
  return { seed: 1, hosts, joinsAtMs: Array.from({ length: hosts }, () => 0), items, calmFromMs: 100 };
};
const has = (plan: Plan, ...at: readonly number[]) => at.every((atMs) => plan.items.some((item) => item.atMs === atMs));

describe('shrink', () => {
  it('leaves what the failure needs, and nothing else', async () => {
    const plan = planOf(Array.from({ length: 40 }, (_, i) => itemAt(i)));
    const smallest = await shrink(plan, { fails: async (candidate) => has(candidate, 3, 17, 38), triesMax: 1000 });
    expect(smallest.items.map(({ atMs }) => atMs)).toEqual([3, 17, 38]);
  });

  it('leaves nothing of what fails anyhow, and as few hosts as what is left is about', async () => {
    const plan = planOf([itemAt(1, 2), itemAt(2, 3)], 4);
    expect(await shrink(plan, { fails: async () => true, triesMax: 100 })).toMatchObject({ items: [], hosts: 1 });
    const second = await shrink(plan, { fails: async (candidate) => has(candidate, 1), triesMax: 100 });
    expect(second).toMatchObject({ hosts: 2, joinsAtMs: [0, 0] });
  });

  it('stops trying in time', async () => {
    const plan = planOf(Array.from({ length: 64 }, (_, i) => itemAt(i)));
    let tries = 0;
    const fails = async (candidate: Plan) => {
      tries++;
      return has(candidate, 0, 63);
    };
    expect(has(await shrink(plan, { fails, triesMax: 10 }), 0, 63)).toBe(true);
    expect(tries).toBe(10);
  });
});

describe('drawPlan', () => {
  it('draws the same from the same seed, and everything that can happen in some story', () => {
    expect(drawPlan(7)).toEqual(drawPlan(7));
    const kinds = new Set(
      Array.from({ length: 50 }, (_, seed) => drawPlan(seed + 1)).flatMap(({ items }) =>
        items.map((i) => i.happening.kind),
      ),
    );
    expect(kinds.size).toBe(26);
  });
});
