import { describe, expect, it } from 'vitest';
import { readBootId } from './boot-id.ts';
import { parseOsRelease, readHostFacts } from './host-facts.ts';

describe('parseOsRelease', () => {
  it.each([
    ['ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', 'Debian GNU/Linux 12 (bookworm)'],
    ['PRETTY_NAME=Void\n', 'Void'],
    ["PRETTY_NAME='Our \\$OS'\n", 'Our $OS'],
    ['ID=debian\n', undefined],
  ])('%j', (text, expected) => {
    expect(parseOsRelease(text)).toBe(expected);
  });
});

describe('this host', () => {
  it('has facts', () => {
    const facts = readHostFacts();
    expect(facts.cpuCount).toBeGreaterThan(0);
    expect(facts.memoryBytes).toBeGreaterThan(0n);
    expect([facts.hostname, facts.os, facts.kernel, facts.architecture]).not.toContain('');
  });

  it('has a boot', () => {
    expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
  });
});
