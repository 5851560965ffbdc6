/** The body of a call, for a client. */
import { escapeText } from './escape-text.ts';
import { renderValue } from './render-value.ts';
import type { XmlRpcValue } from './value.ts';

export function renderCall(methodName: string, params: readonly XmlRpcValue[]): string {
  const rendered = params.map((param) => `<param>\n${renderValue(param)}</param>\n`).join('');
  const name = escapeText(methodName);
  return `<?xml version='1.0'?>\n<methodCall>\n<methodName>${name}</methodName>\n<params>\n${rendered}</params>\n</methodCall>\n`;
}
