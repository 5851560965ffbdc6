/** UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then chance. Sorts by the time it was made. */
import type { Random } from './random.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A new UUIDv7 for the given wall time (Unix microseconds). */
export function uuidv7(wallTimeUs: bigint, random: Random): string {
  const bytes = random.bytes(16);
  let ms = wallTimeUs / 1000n;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = Number(ms & 0xffn);
    ms >>= 8n;
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Whether the text has the form of a UUID in lower case. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
