import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html, quoteUrl } from './html.ts';

describe('a template', () => {
  it('escapes what goes in, but for templates', () => {
    const items = ['<b>', 'x'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul title="${`a"b'`}">${items}${undefined}${[]}${7}</ul>`.text).toBe(
      '<ul title="a&quot;b&#39;"><li>&lt;b&gt;</li><li>x</li>7</ul>',
    );
  });

  it('shows no control characters', () => {
    expect(escapeHtml('a\x00b\x1b[31mc\td\ne\x7f\x9b')).toBe('a\ufffdb\ufffd[31mc\td\ne\ufffd\ufffd');
  });

  it('leaves no markup of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('text in an address', () => {
  it.each([
    ['web:web_01', 'web%3Aweb_01'],
    ['a b&c=d/e', 'a%20b%26c%3Dd/e'],
    [`(it's) ~*!`, '%28it%27s%29%20~%2A%21'],
    ['é\n', '%C3%A9%0A'],
    ['\ud800', '%EF%BF%BD'],
  ])('%s is quoted as Python does', (text, expected) => {
    expect(quoteUrl(text)).toBe(expected);
  });
});
