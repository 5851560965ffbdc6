/**
 * Turns async functions and async iterables into the handlers that grpc-js wants. The one file of this room that
 * knows `drain`, callbacks and error events.
 */
import { once } from 'node:events';
import type {
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { ServiceMethods, StreamMethod, UnaryMethod } from './call.ts';
import { toServiceError } from './grpc-status.ts';
import type { RunningCalls } from './running-calls.ts';

/** A question that is answered at once: what takes longer than this is a fault. */
const unaryTimeoutMs = 30_000;

/** The handlers of one service of the contract. */
export function handlersOf<Service extends ServiceDefinition>(
  service: Service,
  methods: ServiceMethods<Service>,
  calls: RunningCalls,
): UntypedServiceImplementation {
  const handlers: UntypedServiceImplementation = {};
  for (const [name, definition] of Object.entries(service)) {
    const method = definition.path.slice(definition.path.lastIndexOf('.') + 1);
    // ServiceMethods has paired each name with its kind of method and its messages; here they are just bytes' meaning.
    const run: unknown = methods[name];
    handlers[name] = definition.responseStream
      ? streamHandler(method, run as StreamMethod<unknown, unknown>, calls)
      : unaryHandler(method, run as UnaryMethod<unknown, unknown>, calls);
  }
  return handlers;
}

function unaryHandler(method: string, run: UnaryMethod<unknown, unknown>, calls: RunningCalls) {
  return (incoming: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>): void => {
    calls.run(
      method,
      incoming,
      unaryTimeoutMs,
      async (call) => {
        const response = await run(incoming.request, call);
        call.signal.throwIfAborted(); // it has been answered already
        answer(null, response);
      },
      (thrown) => answer(toServiceError(thrown, method)),
    );
  };
}

function streamHandler(method: string, run: StreamMethod<unknown, unknown>, calls: RunningCalls) {
  return (incoming: ServerWritableStream<unknown, unknown>): void => {
    calls.run(
      method,
      incoming,
      undefined,
      async (call) => {
        for await (const message of run(incoming.request, call)) {
          call.signal.throwIfAborted();
          // False means that the peer is slow: the next message is made when this one has left.
          if (!incoming.write(message)) await once(incoming, 'drain', { signal: call.signal });
        }
        call.signal.throwIfAborted();
        incoming.end();
      },
      (thrown) => incoming.emit('error', toServiceError(thrown, method)),
    );
  };
}
