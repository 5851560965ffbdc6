/**
 * Whether a request that changes something comes from who it seems to come from. Supervisor's addresses act on a plain
 * GET, and scripts rely on that; so any web page that somebody on this network looks at could make their browser do it.
 * Pure.
 */
import type { IncomingHttpHeaders } from 'node:http';

export type Proof =
  /** A script, our own page, or an address that a person typed. */
  | 'proven'
  /** A browser says that another site wants it. */
  | 'foreign'
  /** A browser that does not say who wants it: an old bookmark, or a page that keeps its browser from telling. */
  | 'unproven';

/** @param hasToken it carries the token that only our own pages hold */
export function proofOf(headers: IncomingHttpHeaders, hasToken: boolean): Proof {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return 'foreign';
  // Fetched ahead of a click that may never come.
  if (/\bprefetch\b/.test(String(headers['sec-purpose'] ?? headers.purpose ?? ''))) return 'unproven';
  // Before the origins: behind a proxy that names us otherwise than the browser does they differ.
  if (hasToken || site === 'same-origin' || site === 'none') return 'proven';
  // Browsers leave Sec-Fetch-Site out where neither TLS nor localhost is spoken to.
  const origin = headers.origin ?? headers.referer;
  if (origin !== undefined) return isOwn(origin, headers) ? 'proven' : 'foreign';
  return isBrowser(headers) ? 'unproven' : 'proven';
}

/** Whether the page at an address is served by whom the request was sent to. A page cannot set any of these headers. */
function isOwn(origin: string, headers: IncomingHttpHeaders): boolean {
  const { protocol, host } = urlOf(origin) ?? {};
  if (protocol === undefined || host === '') return false; // `null`: a page that is nobody's
  const names = [headers.host, headers['x-forwarded-host']].filter((name) => typeof name === 'string');
  // Parsed alike, so that the scheme's own port counts as none.
  return names.some((name) => urlOf(`${protocol}//${name}`)?.host === host);
}

/** Every browser has called itself this since the first; pages cannot change it. */
function isBrowser(headers: IncomingHttpHeaders): boolean {
  return headers['user-agent']?.startsWith('Mozilla/') === true;
}

export function urlOf(text: string): URL | undefined {
  return URL.parse(text) ?? undefined;
}
