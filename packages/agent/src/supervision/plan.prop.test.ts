import type { ProcessGroupSpec } from '@fleetvisor/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import type { PlannedAction } from './plan-action.ts';
import { groupSpec, processSpec } from './testing/specs.ts';

const process = fc.record({
  name: fc.constantFrom('p1', 'p2', 'p3', 'p4'),
  command: fc.constantFrom('/bin/a', '/bin/b'),
  priority: fc.constantFrom(1, 2),
  stopwaitsecs: fc.constantFrom(5, 10),
});

const groups: fc.Arbitrary<ProcessGroupSpec[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.constantFrom('a', 'b', 'c'),
      priority: fc.constantFrom(1, 2),
      processes: fc.uniqueArray(process, { selector: ({ name }) => name }),
    })
    .map(({ name, priority, processes }) =>
      groupSpec(name, { priority, processes: processes.map((options) => processSpec(options.name, options)) }),
    ),
  { selector: ({ name }) => name },
);

/** What the groups are after one step, as the supervisor carries it out. */
function applied(effective: readonly ProcessGroupSpec[], action: PlannedAction): ProcessGroupSpec[] {
  switch (action.kind) {
    case 'add-group':
      return [...effective, action.group];
    case 'remove-group':
      return effective.filter(({ name }) => name !== action.name);
    case 'replace-group':
      return effective.map((group) => (group.name === action.group.name ? action.group : group));
    default:
      return effective.map((group) => (group.name === action.group.name ? changed(group, action) : group));
  }
}

function changed(
  group: ProcessGroupSpec,
  action: Exclude<PlannedAction, { kind: 'add-group' | 'remove-group' | 'replace-group' }>,
): ProcessGroupSpec {
  const { processes } = group;
  switch (action.kind) {
    case 'add-process':
      return { ...group, processes: [...processes, action.spec] };
    case 'remove-process':
      return { ...group, processes: processes.filter(({ name }) => name !== action.process.name) };
    case 'restart-process':
    case 'adjust-process':
      return { ...group, processes: processes.map((spec) => (spec.name === action.spec.name ? action.spec : spec)) };
    case 'adjust-group': {
      const place = (name: string) => action.group.processes.findIndex((spec) => spec.name === name);
      const ordered = processes.toSorted((a, b) => place(a.name) - place(b.name));
      return { ...group, priority: action.group.priority, processes: ordered };
    }
  }
}

describe('a plan', () => {
  it.each(['minimal', 'compat'] as const)('that was carried out leaves an empty plan (%s)', (mode) => {
    fc.assert(
      fc.property(groups, groups, (desired, effective) => {
        const after = plan(desired, effective, mode).reduce<readonly ProcessGroupSpec[]>(applied, effective);
        expect(plan(desired, after, mode)).toEqual([]);
        expect(new Map(after.map((group) => [group.name, group]))).toEqual(
          new Map(desired.map((group) => [group.name, group])),
        );
      }),
    );
  });

  it.each(['minimal', 'compat'] as const)('from a state to itself is empty (%s)', (mode) => {
    fc.assert(
      fc.property(groups, (same) => {
        expect(plan(same, structuredClone(same), mode)).toEqual([]);
      }),
    );
  });

  it('never touches a process that is the same on both sides, but for moving it (minimal)', () => {
    fc.assert(
      fc.property(groups, groups, (desired, effective) => {
        const same = (group: string, name: string) => {
          const [a, b] = [desired, effective].map((side) =>
            side.find((spec) => spec.name === group)?.processes.find((spec) => spec.name === name),
          );
          return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
        };
        for (const action of plan(desired, effective, 'minimal')) {
          if (!('spec' in action)) continue;
          expect(same(action.spec.group, action.spec.name)).toBe(false);
        }
      }),
    );
  });
});
