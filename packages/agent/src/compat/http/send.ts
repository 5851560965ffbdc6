/** Whole answers, each in one write: head and body apart would wait for each other's acknowledgement, 44 ms. */
import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';

/** Answers with a whole body. Whoever has gone is sent nothing. */
export function sendWhole(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: OutgoingHttpHeaders = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** Answers with a small page that says what is wrong, as Supervisor does. */
export function sendError(response: ServerResponse, status: number, headers: OutgoingHttpHeaders = {}): void {
  sendWhole(response, status, 'text/html', errorPage(status), headers);
}

export function errorPage(status: number): string {
  const message = STATUS_CODES[status] ?? 'Unknown';
  return (
    `<!DOCTYPE html>\n<title>Error response</title>\n<h1>Error response</h1>\n` +
    `<p>Error code ${status}.</p>\n<p>Message: ${message}.</p>\n`
  );
}
