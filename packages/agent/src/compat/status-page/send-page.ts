/** Answers of the pages, each with the headers that keep other sites out of them. */
import type { ServerResponse } from 'node:http';
import { sendWhole } from '../http/send.ts';
import type { Html } from './html.ts';

/** No script, no frame around it, nothing from elsewhere, nothing kept: a 301 too would otherwise be remembered for good. */
export const pageHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

/** @param location where a redirect leads to */
export function sendPage(response: ServerResponse, status: number, page: Html, location?: string): void {
  const headers = location === undefined ? pageHeaders : { ...pageHeaders, Location: location };
  sendWhole(response, status, 'text/html;charset=utf-8', page.text, headers);
}
