/** The body of an answer: a value or a fault, as Supervisor's look. */
import { renderStruct, renderValue } from './render-value.ts';
import type { XmlRpcAnswer } from './value.ts';

const DECLARATION = "<?xml version='1.0'?>\n";

export function renderResponse(answer: XmlRpcAnswer): string {
  return `${DECLARATION}<methodResponse>\n<params>\n<param>\n${renderValue(answer)}</param>\n</params>\n</methodResponse>\n`;
}

export function renderFault(code: number, text: string): string {
  const fault = renderStruct({ faultCode: code, faultString: text });
  return `${DECLARATION}<methodResponse>\n<fault>\n${fault}</fault>\n</methodResponse>\n`;
}
