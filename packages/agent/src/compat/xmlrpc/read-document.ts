/** Bytes to XML elements, within bounds. No entity but XML's own five is resolved, and a DTD does nothing. */
import { parseXml, XmlElement, XmlText } from '@rgrove/parse-xml';

/** What cannot be read. Thrown and caught inside this folder alone. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** What costs time and memory in XML are these, more than the bytes. */
export interface MarkupLimits {
  /** How many `<` there may be. */
  readonly tagsMax: number;
  /** How many `&` there may be. */
  readonly referencesMax: number;
}

/**
 * The root element.
 * @throws Unreadable
 */
export function readRoot(bytes: Uint8Array, limits?: MarkupLimits): XmlElement {
  const text = decodeUtf8(bytes);
  if (
    limits !== undefined &&
    (hasMoreThan(limits.tagsMax, '<', text) || hasMoreThan(limits.referencesMax, '&', text))
  ) {
    throw new Unreadable('too much markup');
  }
  const root = parse(text);
  if (root === null) throw new Unreadable('no element');
  return root;
}

/** @throws Unreadable */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Unreadable('not UTF-8', { cause: error });
  }
}

function parse(text: string): XmlElement | null {
  try {
    return parseXml(text).root;
  } catch (error) {
    // Not well-formed; or a RangeError, of a nesting deeper than the parser's stack.
    throw new Unreadable('not XML', { cause: error });
  }
}

/** Whether there are more of a character than may be. */
function hasMoreThan(max: number, char: string, text: string): boolean {
  let count = 0;
  for (let at = text.indexOf(char); at !== -1; at = text.indexOf(char, at + 1)) {
    if (++count > max) return true;
  }
  return false;
}

export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => child instanceof XmlElement);
}

/** The text that stands directly in the element, blanks and all. */
export function textOf(element: XmlElement): string {
  return element.children.map((child) => (child instanceof XmlText ? child.text : '')).join('');
}
