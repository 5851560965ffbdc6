/**
 * One HTTP/1.1 answer at a time, out of the bytes of a connection. Pure.
 *
 * Why not `node:http`: loading it takes 25 ms, as long as Node itself takes to start, and the answers of a Supervisor are this
 * simple.
 */

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; the last of several wins. */
  readonly headers: ReadonlyMap<string, string>;
}

export type ResponsePart =
  | { readonly kind: 'head'; readonly head: ResponseHead }
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'end' };

/** Of a head, or of a line between chunks. */
const LINE_BYTES_MAX = 64 * 1024;

/** The answer is not HTTP. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';
}

type Place =
  | { readonly kind: 'head' }
  | { readonly kind: 'sized'; readonly left: number }
  | { readonly kind: 'chunk-size' }
  | { readonly kind: 'chunk'; readonly left: number }
  | { readonly kind: 'chunk-end' }
  | { readonly kind: 'trailer' }
  | { readonly kind: 'until-close' };

export class ResponseReader {
  #place: Place = { kind: 'head' };
  #pending: Buffer = Buffer.alloc(0);

  /** @throws MalformedResponse */
  read(bytes: Buffer): ResponsePart[] {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const parts: ResponsePart[] = [];
    while (this.#step(parts));
    return parts;
  }

  /** The connection was closed: whether that is how this answer ends. Otherwise it was cut off. */
  closed(): boolean {
    return this.#place.kind === 'until-close';
  }

  /** Takes one step; false when it needs more bytes. */
  #step(parts: ResponsePart[]): boolean {
    const place = this.#place;
    switch (place.kind) {
      case 'head':
        return this.#readHead(parts);
      case 'sized':
        return this.#readBody(place.left, parts, 'sized');
      case 'chunk':
        return this.#readBody(place.left, parts, 'chunk');
      case 'chunk-size':
        return this.#readChunkSize();
      case 'chunk-end':
        return this.#skipLine({ kind: 'chunk-size' });
      case 'trailer':
        return this.#readTrailer(parts);
      case 'until-close':
        return this.#readBody(Number.POSITIVE_INFINITY, parts, 'until-close');
    }
  }

  #readHead(parts: ResponsePart[]): boolean {
    const text = this.#take('\r\n\r\n');
    if (text === undefined) return false;
    const head = parseHead(text);
    // An interim answer; the real one follows.
    if (head.status >= 100 && head.status < 200) return true;
    parts.push({ kind: 'head', head });
    this.#place = bodyOf(head);
    if (this.#place.kind === 'sized' && this.#place.left === 0) this.#end(parts);
    return true;
  }

  #readBody(left: number, parts: ResponsePart[], kind: 'sized' | 'chunk' | 'until-close'): boolean {
    const bytes = this.#pending.subarray(0, left);
    if (bytes.length === 0) return false;
    this.#pending = this.#pending.subarray(bytes.length);
    parts.push({ kind: 'body', bytes });
    const still = left - bytes.length;
    if (kind === 'until-close') return true;
    if (still > 0) this.#place = { kind, left: still };
    else if (kind === 'chunk') this.#place = { kind: 'chunk-end' };
    else this.#end(parts);
    return true;
  }

  #readChunkSize(): boolean {
    const line = this.#take('\r\n');
    if (line === undefined) return false;
    const digits = /^\s*([0-9A-Fa-f]{1,8})\s*(?:;|$)/.exec(line)?.[1];
    if (digits === undefined) throw new MalformedResponse('a chunk of the answer has no size');
    const size = Number.parseInt(digits, 16);
    this.#place = size === 0 ? { kind: 'trailer' } : { kind: 'chunk', left: size };
    return true;
  }

  #readTrailer(parts: ResponsePart[]): boolean {
    const line = this.#take('\r\n');
    if (line === undefined) return false;
    if (line === '') this.#end(parts);
    return true;
  }

  #skipLine(next: Place): boolean {
    if (this.#take('\r\n') === undefined) return false;
    this.#place = next;
    return true;
  }

  #end(parts: ResponsePart[]): void {
    parts.push({ kind: 'end' });
    this.#place = { kind: 'head' };
  }

  /** The text before the mark, which is taken too. */
  #take(mark: string): string | undefined {
    const at = this.#pending.indexOf(mark, 0, 'latin1');
    if ((at === -1 ? this.#pending.length : at) > LINE_BYTES_MAX) throw new MalformedResponse('the answer is not HTTP');
    if (at === -1) return undefined;
    const text = this.#pending.toString('latin1', 0, at);
    this.#pending = this.#pending.subarray(at + mark.length);
    return text;
  }
}

function parseHead(text: string): ResponseHead {
  const [first = '', ...lines] = text.split('\r\n');
  const [, status, reason = ''] = /^HTTP\/1\.\d (\d{3})(?: (.*))?$/.exec(first) ?? [];
  if (status === undefined) throw new MalformedResponse('the answer is not HTTP');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(status), reason, headers };
}

function bodyOf(head: ResponseHead): Place {
  if (head.headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return { kind: 'chunk-size' };
  const length = head.headers.get('content-length');
  if (length === undefined) return { kind: 'until-close' };
  if (!/^\d{1,15}$/.test(length)) throw new MalformedResponse(`the answer has the length '${length}'`);
  return { kind: 'sized', left: Number(length) };
}
