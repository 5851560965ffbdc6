/** `/RPC2`: XML-RPC over HTTP. Knows no method. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pythonRepr } from '@fleetvisor/config';
import type { Daemon } from '../daemon.ts';
import type { Dispatcher } from '../xmlrpc/dispatch.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';
import { parseCall } from '../xmlrpc/parse-call.ts';
import type { XmlRpcAnswer } from '../xmlrpc/value.ts';
import { renderFault, renderResponse } from '../xmlrpc/write-response.ts';
import { isForeignForm } from './foreign-form.ts';
import { BodyReader } from './read-body.ts';
import type { Route } from './route.ts';
import { sendError, sendWhole } from './send.ts';

/**
 * The largest sensible call writes to a program's stdin, where at most a megabyte may wait: twice that leaves room for what is
 * escaped. All large ones together stay small beside the daemon's own memory.
 */
const LIMITS = { bytesMax: 2 * 1024 ** 2, largeBytesMax: 8 * 1024 ** 2 };

/** Of a body that is no call: enough to see whose it is. */
const SHOWN_BYTES_MAX = 1024;

export interface RpcRouteOptions {
  readonly dispatcher: Dispatcher;
  readonly log: Daemon['mainLog']['log'];
}

export function rpcRoute({ dispatcher, log }: RpcRouteOptions): Route {
  const bodies = new BodyReader(LIMITS);
  return {
    prefix: '/RPC2',
    async handle(request, response) {
      const bytes = await readCall(bodies, log, request, response);
      if (bytes === undefined) return;
      const call = parseCall(bytes);
      if (call.kind === 'not-a-call') {
        log('error', `XML-RPC request data ${shown(bytes)} is invalid: ${call.reason}`);
        sendError(response, 400);
        return;
      }
      const answer = await answerTo(dispatcher, call.methodName, call.params);
      if (answer === undefined) sendError(response, 500);
      else sendWhole(response, 200, 'text/xml', answer);
    },
  };
}

/** undefined: it has been answered, or nobody waits for an answer. */
async function readCall(
  bodies: BodyReader,
  log: RpcRouteOptions['log'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Buffer | undefined> {
  if (request.method !== 'POST') {
    sendError(response, 400);
    return undefined;
  }
  if (isForeignForm(request.headers)) {
    log(
      'warn',
      `XML-RPC request refused: a page of ${request.headers.origin ?? 'another site'} made a browser send it`,
    );
    sendError(response, 403);
    return undefined;
  }
  const body = await bodies.read(request);
  if (body.kind === 'whole') return body.bytes;
  if (body.kind === 'refused') {
    log(
      'error',
      `XML-RPC request of ${request.headers['content-length'] ?? 'unknown'} bytes refused with HTTP ${body.status}`,
    );
    sendError(response, body.status);
  }
  return undefined;
}

/** undefined: the method failed in a way that has no fault, and has said so in the main log. */
async function answerTo(dispatcher: Dispatcher, ...call: Parameters<Dispatcher['call']>): Promise<string | undefined> {
  let answer: XmlRpcAnswer;
  try {
    answer = await dispatcher.call(...call);
  } catch (error) {
    return error instanceof XmlRpcFault ? renderFault(error.code, error.message) : undefined;
  }
  return renderResponse(answer);
}

function shown(bytes: Buffer): string {
  const text = pythonRepr(bytes.subarray(0, SHOWN_BYTES_MAX).toString());
  return bytes.length > SHOWN_BYTES_MAX ? `${text}... (${bytes.length} bytes)` : text;
}
