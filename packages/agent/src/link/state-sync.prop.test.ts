import type { StateDelta, StateSnapshot } from '@fleetvisor/protocol/link';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessStatus, StateName } from '../supervision/status.ts';
import { status } from './fixtures/introduction.ts';
import { StateSync } from './state-sync.ts';
import { statusToWire } from './status-to-wire.ts';

const names = ['a', 'b', 'c', 'd'];
const states: readonly StateName[] = ['RUNNING', 'STOPPED', 'FATAL'];

/** A controller that keeps to the contract: a delta that does not build on what it holds is a fault. */
class Mirror {
  version = -1n;
  readonly table = new Map<string, unknown>();

  snapshot({ version, chunk, processes }: StateSnapshot): void {
    if (chunk === 0) this.table.clear();
    for (const one of processes) this.table.set(one.process?.name ?? '', one);
    this.version = version;
  }

  delta({ base, version, upserts, removals }: StateDelta): void {
    expect(base).toBe(this.version);
    for (const one of upserts) this.table.set(one.process?.name ?? '', one);
    for (const { name } of removals) this.table.delete(name);
    this.version = version;
  }
}

type Step =
  | { readonly do: 'change'; readonly name: string; readonly state: StateName | undefined }
  | { readonly do: 'send' }
  | { readonly do: 'lose' }
  | { readonly do: 'ask' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('change'),
      name: fc.constantFrom(...names),
      state: fc.constantFrom(...states, undefined),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'send' }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose' }) },
  { weight: 1, arbitrary: fc.constant({ do: 'ask' }) },
);

describe('the table on its way', () => {
  it('ends up at the controller as it is at the engine, however slow the link and whatever is lost on the bridge', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(20), (steps, welcomedAfter) => {
        const table = new Map<string, ProcessStatus>();
        const sync = new StateSync();
        const mirror = new Mirror();
        let version = 0;
        const snapshot = () => {
          sync.awaitSnapshot();
          sync.takeSnapshot({ kind: 'snapshot', version: ++version, processes: [...table.values()] });
        };
        const send = () => {
          const message = sync.next();
          if (message?.body?.$case === 'snapshot') mirror.snapshot(message.body.value);
          if (message?.body?.$case === 'delta') mirror.delta(message.body.value);
          return message !== undefined;
        };
        snapshot();
        for (const [i, action] of steps.entries()) {
          if (i === welcomedAfter) sync.begin(true);
          if (action.do === 'send') send();
          else if (action.do === 'ask') snapshot();
          else if (action.do === 'lose') version++;
          else {
            const { name, state } = action;
            if (state === undefined) table.delete(name);
            else table.set(name, status(name, state));
            const upserts = state === undefined ? [] : [status(name, state)];
            const removals = state === undefined ? [{ group: name, name }] : [];
            if (!sync.takeDelta({ kind: 'delta', base: version, version: ++version, upserts, removals })) snapshot();
          }
        }
        if (steps.length <= welcomedAfter) sync.begin(true);
        // What was lost on the bridge shows at the next change.
        if (!sync.takeDelta({ kind: 'delta', base: version, version: version + 1, upserts: [], removals: [] }))
          snapshot();
        while (send());
        expect(Object.fromEntries(mirror.table)).toEqual(
          Object.fromEntries([...table].map(([name, one]) => [name, statusToWire(one)])),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('is cut into messages that gRPC carries, and asked for anew when the changes are as large', () => {
    const sync = new StateSync();
    const processes = Array.from({ length: 3000 }, (_, i) => status(`p${i}`, 'RUNNING', 'x'.repeat(400)));
    sync.takeSnapshot({ kind: 'snapshot', version: 1, processes });
    sync.begin(true);
    const chunks = [];
    for (let next = sync.next(); next !== undefined; next = sync.next()) chunks.push(next.body);
    const counts = chunks.map((body) => (body?.$case === 'snapshot' ? body.value.chunkCount : 0));
    expect(chunks.length).toBeGreaterThan(2);
    expect(new Set(counts)).toEqual(new Set([chunks.length]));
    expect(sync.takeDelta({ kind: 'delta', base: 1, version: 2, upserts: processes, removals: [] })).toBe(false);
  });
});
