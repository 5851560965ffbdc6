/** The parameters of a request, from its address and its body, read as Supervisor reads them. Pure. */

/**
 * Of a name that comes twice, the first of the address and the last of the body counts, and the body before the address;
 * what has no value is not there.
 * @param url as node:http has it, one character for each byte: a client may send UTF-8 as it is
 */
export function parseForm(url: string, body: Uint8Array): ReadonlyMap<string, string> {
  const query = Buffer.from(/\?([^#]*)/.exec(url)?.[1] ?? '', 'latin1');
  return new Map([...valuesOf(query).toReversed(), ...valuesOf(body)]);
}

function valuesOf(encoded: Uint8Array): [name: string, value: string][] {
  return [...new URLSearchParams(Buffer.from(encoded).toString())].filter(([, value]) => value !== '');
}
