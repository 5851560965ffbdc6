/** Bytes of a config file to text. Says where a byte is wrong, in the words of Python's decoder. */

export type DecodedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly line: number; readonly message: string };

/** Line ends become `\n`, as Python's text files have it. A byte order mark is kept: Supervisor refuses it. */
export function decodeText(input: Uint8Array | string): DecodedText {
  if (typeof input === 'string') return { ok: true, text: withPlainLineEnds(input) };
  const wrong = firstInvalidBytes(input);
  if (wrong === undefined) {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(input);
    return { ok: true, text: withPlainLineEnds(text) };
  }
  const before = new TextDecoder().decode(input.subarray(0, wrong.at));
  return {
    ok: false,
    line: withPlainLineEnds(before).split('\n').length,
    message: `'utf-8' codec can't decode ${placeOf(input, wrong)}: ${wrong.reason}`,
  };
}

function placeOf(bytes: Uint8Array, { at, length }: InvalidBytes): string {
  const byte = (bytes[at] ?? 0).toString(16).padStart(2, '0');
  return length === 1 ? `byte 0x${byte} in position ${at}` : `bytes in position ${at}-${at + length - 1}`;
}

function withPlainLineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

interface InvalidBytes {
  readonly at: number;
  /** How many bytes belong to the broken character. */
  readonly length: number;
  readonly reason: string;
}

function firstInvalidBytes(bytes: Uint8Array): InvalidBytes | undefined {
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    if (length === 0) return { at, length: 1, reason: 'invalid start byte' };
    for (let i = 1; i < length; i++) {
      const byte = bytes[at + i];
      if (byte === undefined) return { at, length: i, reason: 'unexpected end of data' };
      if (!isContinuation(lead, i, byte)) return { at, length: i, reason: 'invalid continuation byte' };
    }
    at += length;
  }
  return undefined;
}

/** 0 for a byte that begins no sequence. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** The second byte has narrower bounds after some leads: no overlong forms, no surrogates, nothing above U+10FFFF. */
function isContinuation(lead: number, index: number, byte: number): boolean {
  let low = 0x80;
  let high = 0xbf;
  if (index === 1) {
    if (lead === 0xe0) low = 0xa0;
    if (lead === 0xed) high = 0x9f;
    if (lead === 0xf0) low = 0x90;
    if (lead === 0xf4) high = 0x8f;
  }
  return byte >= low && byte <= high;
}
