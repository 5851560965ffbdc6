/** Whole lives, as the main log and the subscribers tell them: the transcripts are checked in and reviewed as diffs. */
import type { ProcessSpec } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import type { Behaviour } from './testing/fake-process-host.ts';
import { exitCode } from './testing/lives.ts';
import { groupSpec, processSpec } from './testing/specs.ts';
import { type SupervisedWorld, superviseFake } from './testing/supervised-world.ts';

interface Life {
  readonly spec?: Partial<ProcessSpec>;
  readonly behaviour: Behaviour | ((run: number) => Behaviour);
  /** What people do to it; in between time passes as they say. */
  readonly story: (world: SupervisedWorld) => Promise<unknown>;
}

const cat = { group: 'cat', name: 'cat' };

const lives: Readonly<Record<string, Life>> = {
  'never-comes-up': {
    behaviour: { endsAfterMs: 100, exit: exitCode(3) },
    story: ({ pass }) => pass(20),
  },
  'command-not-found': {
    spec: { startretries: 1 },
    behaviour: { spawnError: "can't find command '/bin/cat'" },
    story: ({ pass }) => pass(20),
  },
  'comes-up-at-the-third-attempt': {
    behaviour: (run) => (run < 3 ? { endsAfterMs: 100, exit: exitCode(1) } : {}),
    story: ({ pass }) => pass(20),
  },
  'crashes-and-comes-back': {
    behaviour: (run) => (run === 1 ? { endsAfterMs: 5000, exit: exitCode(5) } : {}),
    story: ({ pass }) => pass(20),
  },
  'done-and-left-alone': {
    behaviour: { endsAfterMs: 5000 },
    story: ({ pass }) => pass(20),
  },
  'does-not-want-to-die': {
    spec: { stopwaitsecs: 3, stopsignal: 'QUIT', stopasgroup: true, killasgroup: true },
    behaviour: { ignores: ['QUIT'] },
    story: async ({ pass, supervisor }) => {
      await pass(2);
      void supervisor.stop(cat, { byHand: true });
      await pass(10);
    },
  },
  'stopped-in-backoff-and-started-again': {
    behaviour: (run) => (run === 1 ? { spawnError: "can't find command '/bin/cat'" } : {}),
    story: async ({ pass, supervisor }) => {
      await pass(0.5);
      void supervisor.stop(cat, { byHand: true });
      await pass(5);
      void supervisor.start(cat);
      await pass(5);
    },
  },
  'shut-down-in-backoff': {
    behaviour: { spawnError: "can't find command '/bin/cat'" },
    story: async ({ pass, supervisor }) => {
      await pass(0.5);
      void supervisor.shutdown();
      await pass(5);
    },
  },
};

describe('a life', () => {
  it.each(Object.entries(lives))('%s', async (name, { spec = {}, behaviour, story }) => {
    const world = superviseFake({ cat: behaviour });
    world.supervisor.addGroup(groupSpec('cat', { processes: [processSpec('cat', spec)] }), 'local');
    await story(world);
    const { state, description } = world.status('cat');
    // A time of day would be another in each time zone.
    const rest = state === 'STOPPED' || state === 'EXITED' ? state : `${state} ${description}`;
    await expect(`${world.story.join('\n')}\n${rest}\n`).toMatchFileSnapshot(`__golden__/life-${name}.txt`);
  });
});
