import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCharacters, renderEnvelope } from './envelope.ts';

describe('renderEnvelope', () => {
  it('is a header line and the payload', () => {
    const event = { serial: 7, type: 'TICK_5', payload: Buffer.from('when:5') } as const;
    expect(renderEnvelope('me', 'lst', { event, poolSerial: 2 }).toString()).toBe(
      'ver:3.0 server:me serial:7 pool:lst poolserial:2 eventname:TICK_5 len:6\nwhen:5',
    );
  });

  it('tells the length in characters', () => {
    const event = { serial: 0, type: 'REMOTE_COMMUNICATION', payload: Buffer.from('é🙂') } as const;
    expect(renderEnvelope('me', 'lst', { event, poolSerial: 0 }).toString()).toContain(' len:2\né🙂');
  });
});

describe('countCharacters', () => {
  it('counts code points', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', 'é', '€', '🙂', '\u0301') }), (text) => {
        expect(countCharacters(Buffer.from(text))).toBe([...text].length);
      }),
      { numRuns: 100 },
    );
  });
});
