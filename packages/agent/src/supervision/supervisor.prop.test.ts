/** Whatever people and programs do, in whatever order: what the supervisor says is what the operating system has. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import type { Behaviour } from './testing/fake-process-host.ts';
import { groupSpec, processSpec } from './testing/specs.ts';
import { type SupervisedWorld, superviseFake } from './testing/supervised-world.ts';

const names = ['a', 'b', 'c'] as const;

type Deed =
  | { readonly kind: 'start' | 'stop' | 'stopByPlan' | 'signal' | 'kill'; readonly name: string }
  | {
      readonly kind: 'update';
      readonly mode: 'minimal' | 'compat';
      readonly names: readonly string[];
      readonly command: string;
    }
  | { readonly kind: 'pass'; readonly seconds: number };

const name = fc.constantFrom(...names);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ kind: fc.constantFrom('start', 'stop', 'stopByPlan', 'signal', 'kill'), name }),
  fc.record({
    kind: fc.constant('update'),
    mode: fc.constantFrom('minimal', 'compat'),
    names: fc.uniqueArray(name),
    command: fc.constantFrom('/bin/1', '/bin/2'),
  }),
  fc.record({ kind: fc.constant('pass'), seconds: fc.constantFrom(0, 0.01, 1, 3) }),
);

const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  fc.constant({}),
  fc.constant({ spawnError: 'no' }),
  fc.constant({ endsAfterMs: 10, exit: { kind: 'code', code: 1 } } as const),
  fc.constant({ endsAfterMs: 1500 }),
  fc.constant({ ignores: ['TERM'] }),
  fc.constant({ diesAfterMs: 700, groupOutlivesMs: 2000 }),
);

const settings = fc.record({
  startsecs: fc.constantFrom(0, 1),
  autorestart: fc.constantFrom('always', 'unexpected', 'never'),
  stopwaitsecs: fc.constantFrom(1, 2),
  autostart: fc.boolean(),
  stopasgroup: fc.boolean(),
});

type Settings = typeof settings extends fc.Arbitrary<infer S> ? S : never;

function groupOf(members: readonly string[], command: string, options: Settings) {
  const processes = members.map((member) =>
    processSpec(member, { ...options, killasgroup: options.stopasgroup, command }),
  );
  return groupSpec('g', { processes });
}

/** Everything the world can be asked for; what is asked is not waited for, and must come to an end by itself. */
function doIt({ supervisor, host }: SupervisedWorld, what: Deed, options: Settings): Promise<unknown> | undefined {
  if (what.kind === 'pass') return undefined;
  if (what.kind === 'update') {
    const effective = supervisor.groups().map(({ spec }) => spec);
    const steps = plan([groupOf(what.names, what.command, options)], effective, what.mode);
    return (async () => {
      for (const action of steps) {
        // Steps of plans that overlap may find that things have changed, and then say so by name.
        const applied = await supervisor.apply(action, 'fleet').catch((error: Error) => {
          if (error.name !== 'FleetError') throw error;
        });
        await applied?.settled;
      }
    })();
  }
  const process = { group: 'g', name: what.name };
  switch (what.kind) {
    case 'start':
      return supervisor.start(process);
    case 'stop':
    case 'stopByPlan':
      return supervisor.stop(process, { byHand: what.kind === 'stop' });
    case 'signal':
      supervisor.signal(process, 'HUP');
      return undefined;
    case 'kill': {
      const child = host.alive.find(({ launch }) => launch.spec.name === what.name);
      if (child !== undefined) host.end(child, { kind: 'code', code: 9 });
      return undefined;
    }
  }
}

function expectTruth({ supervisor, host }: SupervisedWorld): void {
  const said = supervisor.snapshot().filter(({ pid }) => pid !== 0);
  const withChild = new Set(['STARTING', 'RUNNING', 'STOPPING', 'UNKNOWN']);
  expect(said.map(({ pid }) => pid).toSorted()).toEqual(host.alive.map(({ pid }) => pid).toSorted());
  expect(said.every(({ state }) => withChild.has(state))).toBe(true);
  expect(host.violations).toEqual([]);
}

describe('a supervisor', () => {
  it('tells the truth, answers everybody, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.record({ a: behaviour, b: behaviour, c: behaviour }),
        fc.array(deed, { maxLength: 15 }),
        async (options, behaviours, deeds) => {
          const world = superviseFake(behaviours);
          world.supervisor.addGroup(groupOf(['a', 'b'], '/bin/1', options), 'fleet');
          const asked: (Promise<unknown> | undefined)[] = [];
          for (const what of deeds) {
            asked.push(doIt(world, what, options));
            await world.pass(what.kind === 'pass' ? what.seconds : 0);
            expectTruth(world);
          }
          const ended = world.supervisor.shutdown();
          await world.pass(20);
          await Promise.all([ended, ...asked]);
          expect(world.host.alive).toEqual([]);
          expectTruth(world);
        },
      ),
      { numRuns: 60 },
    );
  });
});
