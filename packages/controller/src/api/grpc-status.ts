/** What a FleetError looks like on gRPC: one table for all methods. Its code and facts travel in trailing metadata. */
import { type ErrorCode, type ErrorFacts, FleetError } from '@fleetvisor/primitives';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

const grpcStatus = {
  invalid: status.INVALID_ARGUMENT,
  not_found: status.NOT_FOUND,
  conflict: status.ALREADY_EXISTS,
  stale: status.ABORTED,
  unavailable: status.UNAVAILABLE,
  denied: status.PERMISSION_DENIED,
  internal: status.INTERNAL,
} as const satisfies Record<ErrorCode, status>;

/** Trailing metadata of every failed call: the ErrorCode, and the facts as a JSON object in ASCII. */
export const codeKey = 'fleet-code';
export const factsKey = 'fleet-facts';

/** HTTP/2 peers refuse large headers (16 KiB by default): a long list keeps its beginning. */
const messageCharsMax = 4096;
const listItemsMax = 20;
const factsCharsMax = 4096;

/** What a caller is told. A fault of ours is named by the method alone: its own words are for the log. */
export function toServiceError(thrown: unknown, method: string): ServiceError {
  const error = toFleetError(thrown, method);
  const metadata = new Metadata();
  metadata.set(codeKey, error.code);
  metadata.set(factsKey, encodeFacts(error.facts));
  const details = error.message.slice(0, messageCharsMax);
  return Object.assign(new Error(details), { code: grpcStatus[error.code], details, metadata });
}

function toFleetError(thrown: unknown, method: string): FleetError {
  if (thrown instanceof FleetError && thrown.code !== 'internal') return thrown;
  return new FleetError('internal', `${method} failed by a fault in the controller; its log says more`);
}

function encodeFacts(facts: ErrorFacts): string {
  const json = JSON.stringify(facts, (_key, value) => {
    if (typeof value === 'bigint') return String(value);
    return Array.isArray(value) ? value.slice(0, listItemsMax) : value;
  });
  const ascii = json.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return ascii.length > factsCharsMax ? '{}' : ascii;
}
