/** What a failed call means: gRPC's status to a FleetError. The controller puts its own code and facts beside it. */
import { type ErrorCode, type ErrorFacts, FleetError } from '@fleetvisor/primitives';
import { type ServiceError, status } from '@grpc/grpc-js';

/** Trailing metadata in which the controller says its ErrorCode. */
const codeKey = 'fleet-code';

const errorCodes = [
  'invalid',
  'not_found',
  'conflict',
  'stale',
  'unavailable',
  'denied',
  'internal',
] as const satisfies readonly ErrorCode[];

const codeOfStatus: Readonly<Partial<Record<number, ErrorCode>>> = {
  [status.INVALID_ARGUMENT]: 'invalid',
  [status.NOT_FOUND]: 'not_found',
  [status.ALREADY_EXISTS]: 'conflict',
  [status.ABORTED]: 'stale',
  [status.FAILED_PRECONDITION]: 'stale',
  [status.UNAVAILABLE]: 'unavailable',
  [status.DEADLINE_EXCEEDED]: 'unavailable',
  [status.PERMISSION_DENIED]: 'denied',
  [status.UNAUTHENTICATED]: 'denied',
};

export function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'code' in thrown && 'details' in thrown && 'metadata' in thrown;
}

export function isTimeUp(thrown: unknown): boolean {
  return isServiceError(thrown) && thrown.code === status.DEADLINE_EXCEEDED;
}

/** @param address of the controller, for messages. */
export function fromServiceError(error: ServiceError, address: string): FleetError {
  const [said] = error.metadata.get(codeKey);
  const own = errorCodes.find((code) => code === said);
  const facts: ErrorFacts = { controller: address };
  // The controller's own words are complete; anything else comes from the connection and is in gRPC's words.
  if (own !== undefined) return new FleetError(own, error.details, facts, { cause: error });
  return new FleetError(codeOfStatus[error.code] ?? 'internal', messageOf(error, address), facts, { cause: error });
}

function messageOf(error: ServiceError, address: string): string {
  switch (error.code) {
    case status.UNAVAILABLE:
      return `lost the controller at ${address}: see whether it runs, and try again`;
    case status.DEADLINE_EXCEEDED:
      return `the controller at ${address} did not answer in time: try again, or wait longer with --timeout`;
    case status.UNIMPLEMENTED:
      return `the controller at ${address} does not know this request: see whether that is its API (port 7400; agents have another), and of which version it is ('fleetctl version')`;
    default:
      return `the controller at ${address} answered with an error: ${error.details}`;
  }
}
