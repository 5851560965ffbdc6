/** Values as `<value>` elements, in the very shape that Python's xmlrpc writes them. Each ends with a newline. */
import { escapeText } from './escape-text.ts';
import { XmlFragment, type XmlRpcAnswer, type XmlRpcStruct, type XmlRpcValue } from './value.ts';

/** One `<value>...</value>` and a newline; a fragment passes as it is. */
export function renderValue(value: XmlRpcAnswer): string {
  switch (typeof value) {
    case 'string':
      return renderString(value);
    case 'number':
      return renderNumber(value);
    case 'boolean':
      return `<value><boolean>${value ? 1 : 0}</boolean></value>\n`;
    default:
      if (value instanceof XmlFragment) return value.xml;
      return isArray(value) ? renderArray(value.map(renderValue).join('')) : renderStruct(value);
  }
}

export function renderString(text: string): string {
  return `<value><string>${escapeText(text)}</string></value>\n`;
}

/**
 * Whole numbers are `<int>` also beyond 32 bits: Python's and most other readers take them, and Supervisor answers such
 * a call (a log size of 2GB, an offset beyond it) with an error.
 */
export function renderNumber(value: number): string {
  return Number.isSafeInteger(value)
    ? `<value><int>${value}</int></value>\n`
    : `<value><double>${value}</double></value>\n`;
}

/** @param items rendered values, one after the other */
export function renderArray(items: string): string {
  return `<value><array><data>\n${items}</data></array></value>\n`;
}

export function renderStruct(struct: XmlRpcStruct): string {
  const members = Object.entries(struct).map(([name, value]) => renderMember(name, renderValue(value)));
  return renderMembers(members.join(''));
}

/** @param members what `renderMember` made, one after the other */
export function renderMembers(members: string): string {
  return `<value><struct>\n${members}</struct></value>\n`;
}

/** @param value a rendered value */
export function renderMember(name: string, value: string): string {
  return `<member>\n<name>${escapeText(name)}</name>\n${value}</member>\n`;
}

function isArray(value: readonly XmlRpcValue[] | XmlRpcStruct): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}
