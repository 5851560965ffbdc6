/** What goes wrong behind HTTP, as `{ "error": { "code", "message" } }` with a fitting status: one table for all routes. */
import { type ErrorCode, FleetError, messageOf } from '@fleetvisor/primitives';

const httpStatus = {
  invalid: 400,
  denied: 403,
  not_found: 404,
  conflict: 409,
  stale: 410,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

export interface HttpError {
  readonly status: number;
  readonly body: { readonly error: { readonly code: ErrorCode; readonly message: string } };
}

/** The words of a fault of ours stay in the log. */
export function toHttpError(thrown: unknown): HttpError {
  if (thrown instanceof FleetError && thrown.code !== 'internal') return httpError(thrown.code, thrown.message);
  // Fastify's own refusals (a query that does not fit its schema, a header too long) carry their status.
  const status = statusCodeOf(thrown);
  if (status !== undefined && status >= 400 && status < 500) {
    return { ...httpError('invalid', messageOf(thrown)), status };
  }
  return httpError('internal', 'a fault in the controller; its log says more');
}

export function httpError(code: ErrorCode, message: string): HttpError {
  return { status: httpStatus[code], body: { error: { code, message } } };
}

/** The schema of the body, for every route's failures. */
export const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' } },
    },
  },
} as const;

function statusCodeOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}
