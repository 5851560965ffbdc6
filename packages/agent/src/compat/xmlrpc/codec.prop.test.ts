import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCall } from './parse-call.ts';
import { parseResponse } from './parse-response.ts';
import type { XmlRpcValue } from './value.ts';
import { renderCall } from './write-call.ts';
import { renderFault, renderResponse } from './write-response.ts';

/** Text that XML can carry. */
const text = fc.string({
  unit: fc.oneof(fc.constantFrom('<', '&', '>', ']]>', '\r', '\n', '\t', ' ', 'é', '😀'), fc.string({ maxLength: 1 })),
});

const { value: anyValue } = fc.letrec<{
  value: XmlRpcValue;
  array: XmlRpcValue[];
  struct: Record<string, XmlRpcValue>;
}>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    text,
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    tie('array'),
    tie('struct'),
  ),
  array: fc.array(tie('value'), { maxLength: 5 }),
  struct: fc.dictionary(text, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));

describe('the codec', () => {
  it('reads every call that it writes', () => {
    fc.assert(
      fc.property(
        text.filter((name) => name !== ''),
        fc.array(anyValue, { maxLength: 4 }),
        (methodName, params) => {
          expect(parseCall(Buffer.from(renderCall(methodName, params)))).toEqual({ kind: 'call', methodName, params });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads every answer that it writes', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(parseResponse(Buffer.from(renderResponse(value)))).toEqual({ kind: 'value', value });
      }),
      { numRuns: 200 },
    );
  });

  it('reads every fault that it writes', () => {
    fc.assert(
      fc.property(fc.integer(), text, (code, message) => {
        expect(parseResponse(Buffer.from(renderFault(code, message)))).toEqual({ kind: 'fault', code, message });
      }),
    );
  });

  it('answers with XML whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 30 }), (units) => {
        const read = parseResponse(Buffer.from(renderResponse(String.fromCharCode(...units))));
        expect(read.kind).toBe('value');
      }),
      { numRuns: 500 },
    );
  });

  it('brings a string of any character to the other side of a call', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sent) => {
        const read = parseCall(Buffer.from(renderCall('m', [sent])));
        expect(read.kind === 'call' && read.params).toEqual([sent]);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parseCall(bytes).kind).toBe('not-a-call');
        expect(parseResponse(bytes).kind).toBe('malformed');
      }),
    );
  });

  it('never throws on a call with a piece cut out, doubled or replaced', () => {
    fc.assert(
      fc.property(
        fc.array(anyValue, { maxLength: 3 }),
        fc.nat(),
        fc.nat(60),
        fc.string({ maxLength: 8 }),
        (params, at, length, put) => {
          const call = renderCall('some.method', params);
          const from = at % call.length;
          const broken = Buffer.from(call.slice(0, from) + put + call.slice(from + length));
          expect(['call', 'not-a-call']).toContain(parseCall(broken).kind);
          expect(['value', 'malformed', 'fault']).toContain(parseResponse(broken).kind);
        },
      ),
      { numRuns: 500 },
    );
  });
});
