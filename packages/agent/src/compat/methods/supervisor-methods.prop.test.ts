import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';
import type { XmlRpcValue } from '../xmlrpc/value.ts';
import { calledDaemon } from './testing/called-daemon.ts';

const word = fc.constantFrom('a', 'a:a', 'g:*', 'g:', 'g:x', 'g', '', ':', 'HUP', '9', '__proto__', 'constructor');
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -1, 2 ** 53, Number.MAX_VALUE));
const value: fc.Arbitrary<XmlRpcValue> = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 2, arbitrary: number },
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.array(fc.string(), { maxLength: 2 }),
  fc.dictionary(fc.string(), fc.integer(), { maxKeys: 2 }),
);

function world() {
  const daemon = calledDaemon({ x: { endsAfterMs: 300 } });
  const log = { ...processSpec('x').stdout, target: { kind: 'file', path: '/dev/null' } as const };
  daemon.supervisor.addGroup(groupSpec('a', { processes: [processSpec('a', { stdout: log })] }), 'local');
  daemon.supervisor.addGroup(groupSpec('g', { processes: [processSpec('x'), processSpec('y')] }), 'fleet');
  daemon.settings.configured = [groupSpec('a'), groupSpec('b')];
  daemon.settings.mainLogPath = '/dev/null';
  return daemon;
}

const names = await world().call('system.listMethods');
const methods = Array.isArray(names) ? names.map(String).filter((name) => name.startsWith('supervisor.')) : [];

describe('any call', () => {
  it('is answered with a value or a fault, and hurts no other', async () => {
    const call = fc.record({ method: fc.constantFrom(...methods), params: fc.array(value, { maxLength: 4 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 8 }), async (calls) => {
        const { dispatcher, pass, host, call: ask, told } = world();
        await pass(0.1);
        const answers = calls.map(async ({ method, params }) => {
          try {
            return typeof (await dispatcher.call(method, params));
          } catch (thrown) {
            if (thrown instanceof XmlRpcFault) return 'fault';
            throw thrown;
          }
        });
        await pass(60);
        for (const answer of await Promise.all(answers)) expect(answer).toMatch(/boolean|number|string|object|fault/);
        expect(host.violations).toEqual([]);
        expect(told.filter((line) => line.startsWith('critical'))).toEqual([]);
        expect(await ask('supervisor.getState')).toEqual({ statecode: 1, statename: 'RUNNING' });
      }),
      { numRuns: 150 },
    );
  });
});
