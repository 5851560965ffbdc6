/** The body of a call, for a client. */
import { escapeText, isCarriedByXml } from './escape-text.ts';
import { renderValue } from './render-value.ts';
import type { XmlRpcValue } from './value.ts';

export function renderCall(methodName: string, params: readonly XmlRpcValue[]): string {
  const rendered = params.map((param) => `<param>\n${renderParam(param)}</param>\n`).join('');
  const name = escapeText(methodName);
  return `<?xml version='1.0'?>\n<methodCall>\n<methodName>${name}</methodName>\n<params>\n${rendered}</params>\n</methodCall>\n`;
}

/** What a program is sent must reach it unchanged, a Ctrl-C too: Supervisor takes base64 for a text. */
function renderParam(param: XmlRpcValue): string {
  if (typeof param !== 'string' || isCarriedByXml(param)) return renderValue(param);
  return `<value><base64>${Buffer.from(param).toString('base64')}</base64></value>\n`;
}
