import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand } from './expand.ts';

const scope = { names: { name: 'value', number: 3 }, env: { HOME: '/root' }, unknownEnv: 'error' } as const;
const formatText = fc
  .array(
    fc.constantFrom('%', '(', ')', 'name', 'number', 'ENV_HOME', 's', 'd', '0', '5', '.', '-', '#', '*', 'x', 'é'),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(''));

describe('expand', () => {
  it('always answers, and an error names the whole format', () => {
    fc.assert(
      fc.property(fc.oneof(formatText, fc.string()), (format) => {
        const expanded = expand(format, scope, 'place');
        if (!expanded.ok) expect(expanded.message).toMatch(/^Format string /);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back any text whose percent signs are doubled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(expand(text.replaceAll('%', '%%'), scope, 'x')).toEqual({ ok: true, text, isComplete: true });
      }),
    );
  });

  it('inserts values without looking into them', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const expanded = expand('<%(x)s>', { ...scope, names: { x: value } }, 'x');
        expect(expanded).toEqual({ ok: true, text: `<${value}>`, isComplete: true });
      }),
    );
  });
});
