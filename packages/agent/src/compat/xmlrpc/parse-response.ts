/** The body of an answer to its value or fault, for a client. */
import { childElements, readRoot, Unreadable } from './read-document.ts';
import { readValue } from './read-value.ts';
import type { XmlRpcValue } from './value.ts';

export type ParsedResponse =
  | { readonly kind: 'value'; readonly value: XmlRpcValue }
  | { readonly kind: 'fault'; readonly code: number; readonly message: string }
  /** Not XML, or XML but no answer. */
  | { readonly kind: 'malformed'; readonly reason: string };

export function parseResponse(bytes: Uint8Array): ParsedResponse {
  try {
    return readResponse(bytes);
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

function readResponse(bytes: Uint8Array): ParsedResponse {
  // The server has been chosen by the user: its answer, the status of any number of processes, has no bound.
  const [part] = childElements(readRoot(bytes));
  const [content] = part === undefined ? [] : childElements(part);
  if (content === undefined) throw new Unreadable('neither a value nor a fault');
  const value = readValue(content);
  if (part?.name === 'params') return { kind: 'value', value };
  if (part?.name === 'fault') return readFault(value);
  throw new Unreadable('neither a value nor a fault');
}

function readFault(value: XmlRpcValue): ParsedResponse {
  if (typeof value !== 'object' || !('faultCode' in value)) throw new Unreadable('a fault without a code');
  return { kind: 'fault', code: Number(value.faultCode), message: String(value.faultString) };
}
