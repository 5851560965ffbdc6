/** What we write is what Python's xmlrpc writes, and each reads the other. */
import { execFileSync, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCall } from './parse-call.ts';
import { parseResponse } from './parse-response.ts';
import type { XmlRpcValue } from './value.ts';
import { renderCall } from './write-call.ts';
import { renderFault, renderResponse } from './write-response.ts';

const values: readonly XmlRpcValue[] = [
  '',
  ' blanks  stay \n',
  '<a href="x">&amp; ]]> é 中 😀',
  0,
  -1,
  2 ** 31 - 1,
  1.5,
  -0.001,
  true,
  false,
  [],
  {},
  ['a', [1, [true]], {}],
  { name: 'web', pid: 12, nested: { deeper: ['x'] }, 'odd <name>': '' },
];

interface FromPython {
  readonly responses: readonly string[];
  readonly calls: readonly string[];
  readonly fault: string;
  readonly readResponses: readonly XmlRpcValue[];
  readonly readCalls: readonly (readonly [readonly XmlRpcValue[], string])[];
}

let python: FromPython;

const isHere = spawnSync('python3', ['--version']).status === 0;
if (!isHere) process.stderr.write('SKIPPED: no python3 to compare the XML-RPC codec with\n');

beforeAll(() => {
  if (!isHere) return;
  const input = {
    values,
    responses: values.map(renderResponse),
    calls: values.map((value) => renderCall('some.method', [value])),
  };
  const output = execFileSync('python3', [`${import.meta.dirname}/fixtures/python_codec.py`], {
    input: JSON.stringify(input),
    encoding: 'utf8',
  });
  python = JSON.parse(output);
});

describe.runIf(isHere)('Python', () => {
  it('writes answers as we do, to the letter', () => {
    expect(values.map(renderResponse)).toEqual(python.responses);
    expect(renderFault(10, 'BAD_NAME: <ghost>')).toBe(python.fault);
  });

  it('reads our answers', () => {
    expect(python.readResponses).toEqual(values);
  });

  it('reads our calls', () => {
    expect(python.readCalls).toEqual(values.map((value) => [[value], 'some.method']));
  });

  it('makes calls that we read', () => {
    const read = python.calls.map((text) => parseCall(Buffer.from(text)));
    expect(read).toEqual(values.map((value) => ({ kind: 'call', methodName: 'some.method', params: [value] })));
  });

  it('writes answers that we read', () => {
    const read = python.responses.map((text) => parseResponse(Buffer.from(text)));
    expect(read).toEqual(values.map((value) => ({ kind: 'value', value })));
    expect(parseResponse(Buffer.from(python.fault))).toEqual({ kind: 'fault', code: 10, message: 'BAD_NAME: <ghost>' });
  });
});
