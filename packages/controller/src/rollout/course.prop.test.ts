/** Whatever hosts do, in whatever order: what must always hold of a rollout. */
import { instant } from '@fleetvisor/primitives';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { startCourse } from './course.ts';
import type { RolloutInput } from './step.ts';

const hosts = ['a', 'b', 'c'];
const hostId = fc.constantFrom(...hosts, 'stranger');
const phase = fc.constantFrom('accepted', 'rejected', 'applying', 'applied', 'failed', 'reverted' as const);
const verdict = fc.oneof(phase, fc.constant('not-told' as const));

const input: fc.Arbitrary<RolloutInput> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('phase' as const), hostId, phase }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('hostArrived' as const), hostId, verdict }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('hostGone' as const), hostId }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hostForgotten' as const), hostId }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deadline' as const), hostId }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'superseded' as const }) },
);
const history = fc.record({
  connected: fc.subarray(hosts),
  inputs: fc.array(fc.record({ input, afterMs: fc.nat(20_000) }), { maxLength: 40 }),
});

const verdicts: readonly string[] = ['healthy', 'rejected', 'unhealthy', 'timed-out', 'superseded'];

it('offers a host nothing while an offer is with it, judges no host twice, and always ends by time', () => {
  fc.assert(
    fc.property(history, ({ connected, inputs }) => {
      let now = instant(0);
      const course = startCourse(hosts, 60_000, now);
      const outstanding = new Set<string>();
      const judged = new Set<string>();
      let ends = 0;
      const feed = (next: RolloutInput) => {
        // A link that is gone has taken its offer along.
        if (next.kind === 'hostGone' || next.kind === 'hostArrived') outstanding.delete(next.hostId);
        const { changed, effects } = course.feed(next, now);
        for (const task of changed) expect(course.tasks.get(task.hostId)).toBe(task);
        for (const effect of effects) {
          expect(ends).toBe(0);
          if (effect.kind === 'end') ends++;
          else if (effect.kind === 'offer') {
            expect(outstanding.has(effect.hostId)).toBe(false);
            expect(judged.has(effect.hostId)).toBe(false);
            outstanding.add(effect.hostId);
          } else if (verdicts.includes(effect.state)) {
            expect(judged.has(effect.hostId)).toBe(false);
            judged.add(effect.hostId);
          }
        }
        const isOpen = [...course.tasks.values()].some(({ deadline }) => deadline !== undefined);
        expect(course.state === 'running').toBe(isOpen);
        expect(ends).toBe(isOpen ? 0 : 1);
      };
      feed({ kind: 'started', connected: new Set(connected) });
      for (const { input: next, afterMs } of inputs) {
        now = instant(now + afterMs * 1000);
        feed(next);
      }
      while (course.state === 'running') {
        const [next] = [...course.tasks.values()]
          .flatMap(({ hostId: of, deadline }) => (deadline === undefined ? [] : [{ of, deadline }]))
          .toSorted((a, b) => a.deadline - b.deadline);
        if (next === undefined) throw new Error('it runs, and waits for nothing');
        now = instant(Math.max(now, next.deadline));
        feed({ kind: 'deadline', hostId: next.of });
      }
      expect(ends).toBe(1);
      expect([...course.tasks.keys()]).toEqual(hosts);
    }),
    { numRuns: 1000 },
  );
});
