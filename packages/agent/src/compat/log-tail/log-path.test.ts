import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLogPath } from './log-path.ts';

const of = (group: string, name: string, stream: 'stdout' | 'stderr' = 'stdout') => ({
  process: { group, name },
  stream,
});

describe('the path of a log', () => {
  it.each([
    ['/logtail/cat', of('cat', 'cat')],
    ['/logtail/cat/stdout', of('cat', 'cat')],
    ['/logtail/cat/stderr', of('cat', 'cat', 'stderr')],
    ['/logtail/web:web_01', of('web', 'web_01')],
    ['/logtail/web%3Aweb_01/stderr', of('web', 'web_01', 'stderr')],
    ['/logtail/cat%2Fstderr', of('cat', 'cat', 'stderr')],
    ['/logtail/cat?x=1', of('cat', 'cat')],
    ['/logtailed/cat', of('cat', 'cat')],
    ['/logtail/50%', of('50%', '50%')],
    ['/logtail/a:b:c', of('a', 'b:c')],
    ['/logtail/%C3%A9t%C3%A9', of('été', 'été')],
    [`/logtail/${Buffer.from('été').toString('latin1')}`, of('été', 'été')],
    ['/logtail', undefined],
    ['/logtail/', undefined],
    ['/logtail/web:*', undefined],
    ['/logtail/web:', undefined],
    ['/logtail/cat/', undefined],
    ['/logtail/cat/main', undefined],
    ['/logtail/cat/stdout/more', undefined],
    ['/logtail/cat/__proto__', undefined],
  ])('%s', (url, expected) => {
    expect(parseLogPath(url)).toEqual(expected);
  });

  it('finds any name again that was encoded', () => {
    const word = fc
      .string({ minLength: 1 })
      .filter((text) => !/[:/]/.test(text) && text.isWellFormed() && text !== '*');
    fc.assert(
      fc.property(word, word, (group, name) => {
        expect(parseLogPath(`/logtail/${encodeURIComponent(`${group}:${name}`)}`)).toEqual(of(group, name));
      }),
      { numRuns: 200 },
    );
  });
});
