import { describe, expect, it } from 'vitest';
import { isUrl, parseServerUrl, schemeOf, withoutPassword } from './server-url.ts';

describe('parseServerUrl', () => {
  it.each([
    ['unix:///run/s.sock', { kind: 'unix', path: '/run/s.sock' }],
    ['http://web1', { kind: 'tcp', host: 'web1', port: 80 }],
    ['http://web1:9001/x?y', { kind: 'tcp', host: 'web1', port: 9001 }],
    ['http://:9001', { kind: 'tcp', host: 'localhost', port: 9001 }],
    ['http://[::1]:9001', { kind: 'tcp', host: '::1', port: 9001 }],
    ['http://me:pass@web1:9001', { kind: 'tcp', host: 'web1', port: 9001 }],
  ])('%s', (url, address) => {
    expect(parseServerUrl(url)).toEqual({ ok: true, address });
  });

  it.each([
    ['ftp://x/', 'Unknown protocol for serverurl ftp://x/'],
    ['HTTP://x', 'Unknown protocol for serverurl HTTP://x'],
    ['https://me:pass@x', 'Unknown protocol for serverurl https://me:***@x'],
    ['http://x:abc', "Port could not be cast to integer value as 'abc'"],
    ['http://x:70000', 'Port out of range 0-65535'],
  ])('refuses %s', (url, message) => {
    expect(parseServerUrl(url)).toEqual({ ok: false, message });
  });
});

it('tells URLs from words', () => {
  const urls = ['http://x', 'unix:///x', 'unix:x', 'ftp://', 'http:', 'foo', '://x', 'http://?', 'x:y'];
  expect(urls.filter(isUrl)).toEqual(['http://x', 'unix:///x', 'unix:x', 'x:y']);
});

it('reads schemes in any case', () => {
  expect(['HTTP://x', 'unix:x', 'nothing', '1x:y'].map(schemeOf)).toEqual(['http', 'unix', '', '']);
});

it('never shows a password', () => {
  expect(withoutPassword('http://me:a:b@host:9001/x')).toBe('http://me:***@host:9001/x');
  expect(withoutPassword('http://host:9001/a@b')).toBe('http://host:9001/a@b');
});
