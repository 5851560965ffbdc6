/** Where a server URL leads: `unix:///path` and `http://host[:port]`, nothing else, as supervisorctl has it. */

export type ServerAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export type ParsedServerUrl =
  | { readonly ok: true; readonly address: ServerAddress }
  | { readonly ok: false; readonly message: string };

const UNIX = 'unix://';
const HTTP_PORT = 80;

export function parseServerUrl(url: string): ParsedServerUrl {
  if (url.startsWith(UNIX)) return { ok: true, address: { kind: 'unix', path: url.slice(UNIX.length) } };
  const authority = /^http:\/\/([^/?#]*)/.exec(url)?.[1];
  if (authority === undefined) return { ok: false, message: `Unknown protocol for serverurl ${withoutPassword(url)}` };
  const place = authority.slice(authority.lastIndexOf('@') + 1);
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(place) ?? [];
  if (!/^\d*$/.test(port)) {
    return { ok: false, message: `Port could not be cast to integer value as '${port}'` };
  }
  if (Number(port) > 65_535) return { ok: false, message: 'Port out of range 0-65535' };
  const host = bracketed ?? plain ?? '';
  return {
    ok: true,
    address: {
      kind: 'tcp',
      host: host === '' ? 'localhost' : host,
      port: port === '' ? HTTP_PORT : Number(port),
    },
  };
}

/** What `-s` takes: a scheme, and something after it. `open` and the connection look closer. */
export function isUrl(text: string): boolean {
  const scheme = schemeOf(text);
  const rest = text.slice(scheme.length + 1);
  return scheme !== '' && /^[^?#]/.test(rest.startsWith('//') ? rest.slice(2) : rest);
}

/** The scheme, in lower case; '' where there is none. */
export function schemeOf(url: string): string {
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** As it may be shown: somebody may have written `http://user:password@host`. */
export function withoutPassword(url: string): string {
  return url.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#:@]*):[^/?#]*@/, '$1:***@');
}
