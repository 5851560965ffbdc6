/** A checker that cannot fail is none: each break is found, by the checker that is for it, within a few dozen seeds. */
import { describe, expect, it } from 'vitest';
import { diskFolder } from './disks.ts';
import { drawPlan } from './plan/draw-plan.ts';
import { breaks } from './sabotages/all.ts';
import { tellStory } from './tell-story.ts';

const seedsMax = 40;

describe('a break of the product', { timeout: 180_000 }, () => {
  it.each(breaks)('is found: $name', async ({ make, found, busy = (plan) => plan }) => {
    const disks = diskFolder();
    for (let seed = 1; seed <= seedsMax; seed++) {
      const { violation } = await tellStory({ plan: busy(drawPlan(seed)), disks, sabotage: make() });
      if (violation?.startsWith(found)) return;
    }
    expect.fail(`no story of ${seedsMax} seeds ended with '${found}'`);
  });
});
