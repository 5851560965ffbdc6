/** What a person gets to read of a story that failed. */
import { diskFolder } from './disks.ts';
import { itemLine, type Plan } from './plan/plan.ts';
import { shrink } from './plan/shrink.ts';
import type { Sabotage } from './sabotage.ts';
import { type Story, tellStory } from './tell-story.ts';

const triesMax = 150;

/** Tells the story again with ever less in it, and says what is left. */
export async function reportOf(plan: Plan, failed: Story, sabotage: Sabotage = {}): Promise<string> {
  const disks = diskFolder();
  const nameOf = ({ violation = '' }: Story) => violation.split(':')[0];
  const fails = async (candidate: Plan) => {
    const story = await tellStory({ plan: candidate, disks, sabotage });
    return story.violation !== undefined && nameOf(story) === nameOf(failed);
  };
  const smallest = await shrink(plan, { fails, triesMax });
  const story = await tellStory({ plan: smallest, disks, sabotage });
  return [
    `seed ${plan.seed} with ${smallest.hosts} of ${plan.hosts} hosts and ${smallest.items.length} of ${plan.items.length} happenings:`,
    `  ${story.violation}`,
    '',
    `what was made to happen (calm from ${(plan.calmFromMs / 1000).toFixed(3)} s on):`,
    ...smallest.items.map((item) => `  ${itemLine(item)}`),
    '',
    'the story:',
    ...story.lines.map((line) => `  ${line}`),
  ].join('\n');
}
