/** Whether a page of another site makes a browser of this network call us. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import { proofOf } from './request-proof.ts';

/** What a page may send anywhere without the browser asking there first (the Fetch standard's CORS-safelisted types). */
const FORM_TYPES = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/**
 * A form that posts XML as plain text is how a foreign page could call any method: no browser asks us before it sends that. With
 * `text/xml` it does ask, and gets no leave. Clients that are no browsers send none of the headers that tell.
 */
export function isForeignForm(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'];
  // A page can also leave the type out.
  return (type === undefined || FORM_TYPES.test(type)) && proofOf(headers, false) === 'foreign';
}
