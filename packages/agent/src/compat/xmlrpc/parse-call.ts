/** The body of a request to a call. Never throws: what is no call is told in Supervisor's words. */
import { childElements, readRoot, textOf, Unreadable } from './read-document.ts';
import { readValue } from './read-value.ts';
import type { XmlRpcValue } from './value.ts';

/**
 * Each tag costs the parser two or three microseconds, each reference one, and an element half a kilobyte until the call is read: a
 * few megabytes of nothing else would stop the daemon for seconds. This many are a multicall of four thousand calls, or a
 * megabyte of text with every fourth character escaped, and a quarter of a second.
 */
const LIMITS = { tagsMax: 100_000, referencesMax: 250_000 };

export type ParsedCall =
  | { readonly kind: 'call'; readonly methodName: string; readonly params: readonly XmlRpcValue[] }
  /** The reason is what Supervisor's log line ends with. */
  | { readonly kind: 'not-a-call'; readonly reason: 'unmarshallable' | 'no method name' };

export function parseCall(bytes: Uint8Array): ParsedCall {
  try {
    return readCall(bytes);
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'not-a-call', reason: 'unmarshallable' };
    throw error;
  }
}

function readCall(bytes: Uint8Array): ParsedCall {
  const parts = childElements(readRoot(bytes, LIMITS));
  const name = parts.find((part) => part.name === 'methodName');
  const methodName = name === undefined ? '' : textOf(name);
  const params = parts.find((part) => part.name === 'params');
  const values = params === undefined ? [] : childElements(params).map((param) => readValue(param));
  if (methodName === '') return { kind: 'not-a-call', reason: 'no method name' };
  return { kind: 'call', methodName, params: values };
}
