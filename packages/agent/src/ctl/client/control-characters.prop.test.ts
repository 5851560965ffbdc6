import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResponse } from '../../compat/xmlrpc/parse-response.ts';
import { unveilControls, veilControls } from './control-characters.ts';

/** As a Supervisor sends it: markup escaped, control characters not. */
function answer(text: string): Buffer {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return Buffer.from(
    `<?xml version='1.0'?><methodResponse><params><param><value><string>${escaped}</string></value></param></params></methodResponse>`,
  );
}

describe('log text with control characters', () => {
  it('is read as it is', () => {
    // XML makes a line end of every carriage return, with or without us.
    const text = fc.string({ unit: fc.integer({ min: 0, max: 0x17f }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(text, (written) => {
        const log = `${written.replaceAll('\r', '').replaceAll('\x7f', '')}\x1b[31mred`;
        const parsed = parseResponse(veilControls(answer(log)) ?? Buffer.alloc(0));
        expect(parsed.kind === 'value' && unveilControls(parsed.value)).toBe(log);
      }),
      { numRuns: 100 },
    );
  });

  it('is found in lists and structs too', () => {
    expect(unveilControls([{ a: 'x\ufdeby' }, 1, true])).toEqual([{ a: 'x\x1by' }, 1, true]);
  });

  it('is not looked for where there is none', () => {
    expect(veilControls(answer('plain\n\ttext'))).toBeUndefined();
  });
});
