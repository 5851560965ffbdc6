import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAIN_FILE, testContext } from './fixtures/test-context.ts';
import { type ParseResult, parseConfig } from './parse-config.ts';
import { neutralContext } from './parse-context.ts';
import { HOST_OPTIONS, KNOWN_OPTIONS } from './sections/known-options.ts';

const OPTIONS = [...new Set([...Object.values(HOST_OPTIONS), ...Object.values(KNOWN_OPTIONS)].flat())];
const SECTIONS = [
  ...['supervisord', 'unix_http_server', 'inet_http_server', 'supervisorctl', 'rpcinterface:x', 'include', 'fleet'],
  ...['program:a', 'program:b', 'fcgi-program:a', 'eventlistener:c', 'group:g', 'DEFAULT', 'program:', 'group:a:b'],
];

/** What values of options are made of, right and wrong. */
const value = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        '/tmp/x',
        '%(',
        '%(process_num)d',
        '%(ENV_HOME)s',
        '%(here)s',
        '%',
        '%%',
        ')',
        '"',
        "'",
        '\\',
      ),
      fc.constantFrom('0', '-1', '9'.repeat(20), '10MB', 'true', 'TERM', 'AUTO', 'syslog', 'EVENT', 'TICK_5', 'root'),
      fc.constantFrom('unix:///tmp/s', 'tcp://h:1', 'A=1,B="', ',', ':', ';', ' ;', ' #', '=', '\n  ', '*', '[', 'a,b'),
      fc.string({ maxLength: 4, unit: 'binary' }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const text = fc
  .array(
    fc.oneof(
      { weight: 1, arbitrary: fc.constantFrom(...SECTIONS).map((section) => `[${section}]`) },
      { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...OPTIONS), value).map(([key, shown]) => `${key} = ${shown}`) },
    ),
    { maxLength: 40 },
  )
  .map((lines) => `[supervisord]\n${lines.join('\n')}\n`);

/** Every problem names its file, a line that exists in it (0: the whole of it), and says something. */
function expectPlaces(result: ParseResult, source: string): void {
  if (result.ok) return;
  expect(result.problems.length).toBeGreaterThan(0);
  const lines = source.split(/\r\n|\r|\n/).length;
  for (const { file, line, message } of result.problems) {
    expect(file).toBe(MAIN_FILE);
    expect(line).toBeGreaterThanOrEqual(0);
    expect(line).toBeLessThanOrEqual(lines);
    expect(message).not.toBe('');
  }
}

describe('parsing a config', () => {
  it('ends in a config or in problems with their places, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const result = parseConfig({ file: MAIN_FILE, text: bytes }, testContext());
        expect(result.ok).toBe(false);
        expectPlaces(result, Buffer.from(bytes).toString('latin1'));
      }),
      { numRuns: 200 },
    );
  });

  it('does so for sections and options as people write and mistype them', () => {
    let accepted = 0;
    fc.assert(
      fc.property(text, (source) => {
        const result = parseConfig({ file: MAIN_FILE, text: source }, testContext());
        expectPlaces(result, source);
        accepted += Number(result.ok);
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(0); // else nothing beyond the first problem was tried
  });

  it('gives a host that knows more no more than the same problems', () => {
    fc.assert(
      fc.property(text, (source) => {
        const input = { file: MAIN_FILE, text: source };
        // Whoever knows no host finds fewer mistakes, never others.
        if (parseConfig(input, { ...testContext(), ...{ userExists: undefined, groupExists: undefined } }).ok) return;
        expect(parseConfig(input, testContext()).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
    expect(parseConfig({ file: MAIN_FILE, text: '[supervisord]\n' }, neutralContext()).ok).toBe(true);
  });
});
