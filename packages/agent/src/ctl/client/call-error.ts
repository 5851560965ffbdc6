/**
 * Why a call got no answer, or none of use. Class names and texts are those a script may have met in supervisorctl's
 * `error: <class 'X'>, TEXT` line; where it prints Python's own words we keep the words and not the stack they came from.
 */
import { pythonRepr } from '@fleetvisor/config';
import { MalformedResponse } from './response-reader.ts';

/** The server answered with a fault. */
export class RpcFault extends Error {
  override readonly name = 'RpcFault';
  readonly code: number;
  /** `NAME` or `NAME: detail`. */
  readonly faultString: string;

  constructor(code: number, faultString: string) {
    super(`<Fault ${code}: ${pythonRepr(faultString)}>`);
    this.code = code;
    this.faultString = faultString;
  }
}

/** Those that commands tell apart. */
export type CallErrorKind = 'no-such-file' | 'refused' | 'unauthorized' | 'other';

/** The server did not answer, or not with XML-RPC. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly kind: CallErrorKind;
  /** As supervisorctl calls it. */
  readonly className: string;

  constructor(kind: CallErrorKind, className: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.className = className;
  }
}

/** Something other than 200. */
export function httpStatusError(status: number, reason: string): CallError {
  const kind = status === 401 ? 'unauthorized' : 'other';
  const text = `<ProtocolError for 127.0.0.1/RPC2: ${status} ${reason}>`;
  return new CallError(kind, 'xmlrpc.client.ProtocolError', text);
}

export function closedError(): CallError {
  return new CallError('other', 'http.client.RemoteDisconnected', 'Remote end closed connection without response');
}

/** What `net` says of a connection, in the words of Python's socket module. */
const SOCKET_ERRORS: Readonly<Record<string, readonly [kind: CallErrorKind, className: string, text: string]>> = {
  ENOENT: ['no-such-file', 'FileNotFoundError', '[Errno 2] No such file or directory'],
  ECONNREFUSED: ['refused', 'ConnectionRefusedError', '[Errno 111] Connection refused'],
  EACCES: ['other', 'PermissionError', '[Errno 13] Permission denied'],
  ECONNRESET: ['other', 'ConnectionResetError', '[Errno 104] Connection reset by peer'],
  EPIPE: ['other', 'BrokenPipeError', '[Errno 32] Broken pipe'],
  ETIMEDOUT: ['other', 'TimeoutError', '[Errno 110] Connection timed out'],
  EHOSTUNREACH: ['other', 'OSError', '[Errno 113] No route to host'],
  ENETUNREACH: ['other', 'OSError', '[Errno 101] Network is unreachable'],
  ENOTDIR: ['other', 'NotADirectoryError', '[Errno 20] Not a directory'],
  ENOTFOUND: ['other', 'socket.gaierror', '[Errno -2] Name or service not known'],
  EAI_AGAIN: ['other', 'socket.gaierror', '[Errno -3] Temporary failure in name resolution'],
  ENAMETOOLONG: ['other', 'OSError', 'AF_UNIX path too long'],
};

/** Anything thrown below a call. */
export function asCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  if (error instanceof MalformedResponse)
    return new CallError('other', 'http.client.BadStatusLine', error.message, error);
  // Several addresses of one name were tried: the last says most, as in Python.
  if (error instanceof AggregateError && error.errors.length > 0) return asCallError(error.errors.at(-1));
  const known = SOCKET_ERRORS[codeOf(error)];
  if (known !== undefined) return new CallError(...known, error);
  return new CallError('other', 'OSError', error instanceof Error ? error.message : String(error), error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
