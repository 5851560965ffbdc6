import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isForeignForm } from './foreign-form.ts';

const foreign = { host: '127.0.0.1:9001', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } as const;

describe('isForeignForm', () => {
  it.each<[string, IncomingHttpHeaders]>([
    ['posts text', { ...foreign, 'content-type': 'text/plain' }],
    ['posts text with parameters', { ...foreign, 'content-type': 'Text/Plain;charset=UTF-8' }],
    ['posts a form', { ...foreign, 'content-type': 'application/x-www-form-urlencoded' }],
    ['uploads', { ...foreign, 'content-type': 'multipart/form-data; boundary=x' }],
    ['leaves the type out', foreign],
    ['has an old browser', { host: foreign.host, origin: foreign.origin, 'content-type': 'text/plain' }],
    ['hides its origin', { host: foreign.host, origin: 'null', 'content-type': 'text/plain' }],
  ])('is so when a page of another site %s', (_, headers) => {
    expect(isForeignForm(headers)).toBe(true);
  });

  it.each<[string, IncomingHttpHeaders]>([
    ['supervisorctl', { host: 'localhost', 'content-type': 'text/xml', 'user-agent': 'Python-xmlrpc/3.11' }],
    [
      'curl --data-binary',
      { host: 'h:9001', 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'curl/8' },
    ],
    ['netcat', {}],
    ['a page of the same site', { host: 'h:9001', origin: 'http://h:9001', 'content-type': 'text/plain' }],
    ['a browser that asked us first and got leave from a proxy', { ...foreign, 'content-type': 'text/xml' }],
  ])('is not so of %s', (_, headers) => {
    expect(isForeignForm(headers)).toBe(false);
  });
});
