import { describe, expect, it } from 'vitest';
import { withAsciiUrl } from './ascii-url.ts';

describe('withAsciiUrl', () => {
  it('escapes the first line alone', () => {
    const piece = Buffer.from('GET /é\xff HTTP/1.1\r\nX: é\r\n\r\n');
    expect(withAsciiUrl(piece).toString()).toBe('GET /%c3%a9%c3%bf HTTP/1.1\r\nX: é\r\n\r\n');
  });

  it.each(['GET / HTTP/1.1\r\nX: é\r\n\r\n', 'GET /', '', '\r\n'])('leaves %j as it is', (text) => {
    const piece = Buffer.from(text);
    expect(withAsciiUrl(piece)).toBe(piece);
  });
});
