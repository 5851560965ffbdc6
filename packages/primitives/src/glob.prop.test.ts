import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatcher, isGlob } from './glob.ts';

describe('globMatcher', () => {
  it.each([
    ['web*', 'web1', true],
    ['web*', 'aweb1', false],
    ['web?', 'web12', false],
    ['web[12]', 'web2', true],
    ['web[!12]', 'web2', false],
    ['web[a-c]', 'webb', true],
    ['web[]x]', 'web]', true],
    ['web[', 'web[', true],
    ['web[z-a]', 'webm', false],
    ['a.c', 'abc', false],
    ['*', '', true],
    ['a\\*', 'a\\b', true],
    ['[^a]', '^', true],
    ['line*', 'line\nbreak', true],
  ])('%s on %j: %s', (pattern, name, matches) => {
    expect(globMatcher(pattern)(name)).toBe(matches);
  });

  it('never throws, whatever the pattern', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, name) => typeof globMatcher(pattern)(name) === 'boolean'),
    );
  });

  it('without a special character means the very same name', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !isGlob(text)),
        fc.string(),
        (pattern, name) => globMatcher(pattern)(name) === (pattern === name),
      ),
    );
  });

  it('with a star in front matches every end', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !isGlob(text)),
        fc.string(),
        (end, start) => globMatcher(`*${end}`)(start + end),
      ),
    );
  });
});
