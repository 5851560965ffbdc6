/** The first line of a request as HTTP has it. Pure. */

const LINE_FEED = 0x0a;

/**
 * Escapes what is not ASCII in the line that a piece begins with: supervisorctl asks for the log of a program by its name
 * as it is, and Node's parser refuses such an address.
 */
export function withAsciiUrl(piece: Buffer): Buffer {
  const lineEnd = piece.indexOf(LINE_FEED);
  const line = lineEnd === -1 ? piece : piece.subarray(0, lineEnd);
  if (line.every((byte) => byte < 0x80)) return piece;
  const escaped = line.toString('latin1').replace(/[\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return Buffer.concat([Buffer.from(escaped, 'latin1'), piece.subarray(line.length)]);
}
