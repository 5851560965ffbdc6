/** The parameters of a request, from its address and its body, read as Supervisor reads them. */
import type { IncomingMessage } from 'node:http';

/** A form of the page has some hundred bytes. */
const bodyBytesMax = 64 * 1024;

/**
 * Of a name that comes twice, the first of the address and the last of the body counts, and the body before the address;
 * what has no value is not there.
 * @returns undefined when the body is larger than any form; the rest of it is not read
 */
export async function readForm(request: IncomingMessage): Promise<ReadonlyMap<string, string> | undefined> {
  const form = new Map<string, string>();
  const given = (text: string) => [...new URLSearchParams(text)].filter(([, value]) => value !== '');
  for (const [name, value] of given(queryOfUrl(request.url ?? '')).toReversed()) form.set(name, value);
  if (request.method !== 'POST') return form;
  const body = await readBody(request);
  if (body === undefined) return undefined;
  for (const [name, value] of given(body.toString())) form.set(name, value);
  return form;
}

/** node:http has one character for each byte; a client may send UTF-8 as it is. */
function queryOfUrl(url: string): string {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  return Buffer.from(query, 'latin1').toString();
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Else leaving the loop would end the connection, and the client would never read why.
  const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
