/**
 * A hundred stories, each by its seed: everything breaks that can, and all that must hold holds. `npm run simulate` tells
 * thousands. A seed that fails here is told again in full by `npm run simulate -- --seed N`.
 */
import { describe, expect, it } from 'vitest';
import { diskFolder } from './disks.ts';
import { drawPlan } from './plan/draw-plan.ts';
import { reportOf } from './report.ts';
import { tellStory } from './tell-story.ts';

const disks = diskFolder();

async function holds(seed: number, hosts?: number): Promise<void> {
  const plan = drawPlan(seed, hosts);
  const story = await tellStory({ plan, disks });
  if (story.violation !== undefined) expect.fail(await reportOf(plan, story));
}

// Measured are seconds; a busy machine may take a while.
describe('a story', { timeout: 180_000 }, () => {
  it('is the same whenever its seed is told', async () => {
    for (const seed of [1, 2, 3]) {
      const [first, again] = [
        await tellStory({ plan: drawPlan(seed), disks }),
        await tellStory({ plan: drawPlan(seed), disks }),
      ];
      expect(again.digest).toBe(first.digest);
      expect(again.lines).toEqual(first.lines);
    }
    const other = await tellStory({ plan: drawPlan(4), disks });
    expect(other.digest).not.toBe((await tellStory({ plan: drawPlan(5), disks })).digest);
  });

  const tens = Array.from({ length: 9 }, (_, ten) => [10 * ten + 1, 10 * ten + 10] as const);
  it.each(tens)('holds with a few hosts: seeds %i to %i', async (from, to) => {
    for (let seed = from; seed <= to; seed++) await holds(seed);
  });

  it('holds with ten hosts: seeds 91 to 98', async () => {
    for (let seed = 91; seed <= 98; seed++) await holds(seed, 10);
  });

  it.each([99, 100])('holds with a hundred hosts: seed %i', async (seed) => {
    await holds(seed, 100);
  });
});
