/** One branch of the tree that every HTTP server of the daemon serves. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Route {
  /** The first route whose prefix begins the path takes the request, as in Supervisor: `/RPC2` also takes `/RPC2x`. */
  readonly prefix: string;
  /**
   * Answers the request; who asks has been let in. The body, if any, has not been read.
   * A rejection is answered with 500 and told to the main log.
   */
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}
