import { describe, expect, it } from 'vitest';
import { problemsOf, testContext } from '../fixtures/test-context.ts';
import { parseClientConfig } from '../parse-client-config.ts';
import { HOST_OPTIONS, KNOWN_OPTIONS } from './known-options.ts';

/** Only an option that is read is expanded, and so found to name what does not exist. */
function isReadIn(section: string, option: string): boolean {
  const text = `[${section}]\n${option} = %(nope)s\n`;
  if (section === 'supervisorctl') return !parseClientConfig({ file: 'x', text }, testContext()).ok;
  return problemsOf(text).some((problem) => problem.message.includes("contains names ('nope')"));
}

const sections: readonly (readonly [string, readonly string[]])[] = [
  ...Object.entries(HOST_OPTIONS).map(
    ([kind, options]) => [kind === 'rpcinterface' ? `${kind}:x` : kind, options] as const,
  ),
  ...Object.entries(KNOWN_OPTIONS).map(([kind, options]) => [`${kind}:x`, options] as const),
];

describe('a known option', () => {
  it.each(sections)('of [%s] is one that is read', (section, options) => {
    expect(options.filter((option) => !isReadIn(section, option))).toEqual([]);
  });

  it('differs from an unknown one', () => {
    expect(sections.filter(([section]) => isReadIn(section, 'nonsense')).map(([section]) => section)).toEqual([
      'rpcinterface:x', // its other keys are the plugin's own
    ]);
  });
});
