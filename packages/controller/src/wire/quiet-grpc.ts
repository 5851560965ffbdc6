/** Keeps grpc-js off stderr. */
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';

/** It writes there by itself; whatever it has to say comes to us as an error too, and is told in our words. */
export function quietGrpc(): void {
  setLogVerbosity(logVerbosity.NONE);
}
