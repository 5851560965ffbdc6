/** XML elements to values, as forgiving as Supervisor's reader. */
import type { XmlElement } from '@rgrove/parse-xml';
import { childElements, decodeUtf8, textOf, Unreadable } from './read-document.ts';
import type { XmlRpcValue } from './value.ts';

/** No answer and no sensible call is as deep; a client that goes deeper wants to overflow the stack. */
const DEPTH_MAX = 100;

/**
 * The value of a `<param>` or `<value>`, or of a bare type element, which Supervisor takes too. An element of an unknown type
 * is its text, as there: an `<i8>` is then a string and no number, a `<nil/>` an empty string.
 * @throws Unreadable
 */
export function readValue(element: XmlElement, depth = 0): XmlRpcValue {
  if (depth > DEPTH_MAX) throw new Unreadable(`nested deeper than ${DEPTH_MAX}`);
  switch (element.name) {
    case 'value': {
      const [typed] = childElements(element);
      return typed === undefined ? textOf(element) : readValue(typed, depth + 1);
    }
    case 'param':
      return readValue(firstChild(element), depth + 1);
    case 'int':
    case 'i4':
      return readInt(textOf(element));
    case 'boolean':
      return textOf(element) === '1';
    case 'double':
      return readDouble(textOf(element));
    case 'dateTime.iso8601':
      return readDateTime(textOf(element));
    case 'base64':
      return decodeUtf8(Buffer.from(textOf(element), 'base64'));
    case 'array':
      return childElements(firstChild(element)).map((item) => readValue(item, depth + 1));
    case 'struct':
      return Object.fromEntries(childElements(element).map((member) => readMember(member, depth + 1)));
    default:
      return textOf(element);
  }
}

function readMember(member: XmlElement, depth: number): [string, XmlRpcValue] {
  const [name, value] = childElements(member);
  if (name === undefined || value === undefined) throw new Unreadable('a member without name or value');
  return [textOf(name), readValue(value, depth)];
}

function firstChild(element: XmlElement): XmlElement {
  const [first] = childElements(element);
  if (first === undefined) throw new Unreadable(`<${element.name}> is empty`);
  return first;
}

function readInt(text: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new Unreadable('not an int');
  return Number(text);
}

function readDouble(text: string): number {
  if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) throw new Unreadable('not a double');
  return Number(text);
}

function readDateTime(text: string): string {
  if (!/^\d{8}T\d\d:\d\d:\d\d$/.test(text)) throw new Unreadable('not a date and time');
  return text;
}
