import { describe, expect, it } from 'vitest';
import { proofOf } from './request-proof.ts';

const browser = { host: 'db1:9001', 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };

describe('a request that changes something', () => {
  it.each([
    ['curl', { host: 'db1:9001', 'user-agent': 'curl/8.5.0' }, 'proven'],
    ['a script without any header', {}, 'proven'],
    ['a script that names its own origin', { host: 'db1:9001', origin: 'http://db1:9001' }, 'proven'],
    ['our page, on TLS or localhost', { ...browser, 'sec-fetch-site': 'same-origin' }, 'proven'],
    ['an address typed, on TLS or localhost', { ...browser, 'sec-fetch-site': 'none' }, 'proven'],
    ['an address typed, on plain http', browser, 'unproven'],
    ['a link on our page, on plain http', { ...browser, referer: 'http://db1:9001/?message=x' }, 'proven'],
    ['a form of our page, on plain http', { ...browser, origin: 'http://db1:9001' }, 'proven'],
    ['our page on port 80', { ...browser, host: 'db1', origin: 'http://db1:80' }, 'proven'],
    ['our page on port 80, said twice', { ...browser, host: 'db1:80', origin: 'http://db1' }, 'proven'],
    ['our page in capitals', { ...browser, host: 'DB1:9001', origin: 'http://db1:9001' }, 'proven'],
    ['our page behind TLS of a proxy', { ...browser, host: 'db1', origin: 'https://db1' }, 'proven'],
    [
      'our page behind a proxy that says so',
      { ...browser, origin: 'https://ops', 'x-forwarded-host': 'ops' },
      'proven',
    ],
    ['a proxy that hides the host', { ...browser, origin: 'https://ops', 'sec-fetch-site': 'same-origin' }, 'proven'],
    ['another site', { ...browser, 'sec-fetch-site': 'cross-site' }, 'foreign'],
    ['a neighbour of ours', { ...browser, 'sec-fetch-site': 'same-site' }, 'foreign'],
    ['a link on another site', { ...browser, referer: 'http://evil.example/page' }, 'foreign'],
    ['a form on another site', { ...browser, origin: 'http://evil.example' }, 'foreign'],
    ['another port of this machine', { ...browser, origin: 'http://db1:8080' }, 'foreign'],
    ['a name that begins as ours', { ...browser, origin: 'http://db1:9001.evil.example' }, 'foreign'],
    ['a page in a sandbox', { ...browser, origin: 'null' }, 'foreign'],
    ['a page in a file', { ...browser, origin: 'file://' }, 'foreign'],
    ['a page that is no address', { ...browser, referer: '%%%' }, 'foreign'],
    ['a page that sends no referrer', { ...browser, accept: 'image/*' }, 'unproven'],
    [
      'a browser that looks ahead',
      { ...browser, 'sec-fetch-site': 'none', 'sec-purpose': 'prefetch;prerender' },
      'unproven',
    ],
  ] as const)('%s', (_, headers, expected) => {
    expect(proofOf(headers, false)).toBe(expected);
  });

  it('is proven by the token of our pages, also behind a proxy that names us otherwise', () => {
    expect(proofOf(browser, true)).toBe('proven');
    expect(proofOf({ ...browser, origin: 'https://ops.example' }, true)).toBe('proven');
  });

  it('is another site’s when the browser says so, whatever it carries', () => {
    expect(proofOf({ ...browser, 'sec-fetch-site': 'cross-site' }, true)).toBe('foreign');
  });
});
