/**
 * Why a controller could not be reached, found out by one plain connection of our own: gRPC does not tell. Knows nothing
 * of gRPC but the first bytes of HTTP/2.
 */
import { connect } from 'node:net';
import { after, type Clock } from '@fleetvisor/primitives';

export type WhyUnreachable =
  | 'refused'
  | 'unknown-name'
  | 'no-route'
  /** Nothing answers at all: a firewall, or a machine that is not there. */
  | 'no-answer'
  /** Somebody takes the connection and says nothing, or nothing of ours. */
  | 'not-ours'
  | 'http1'
  | 'tls';

export const unreachableWords = {
  refused: 'connection refused: nothing listens there',
  'unknown-name': 'no such host name',
  'no-route': 'there is no way to that network',
  'no-answer': 'no answer',
  'not-ours': 'what listens there is no controller, or it hangs',
  http1: "a web server answers there, as on a controller's HTTP port (7402); its API has another (7400)",
  tls: 'what listens there wants an encrypted connection',
} as const satisfies Record<WhyUnreachable, string>;

const answerMsMax = 500;
const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const tlsAlert = 0x15;

/** @param address HOST:PORT or [IPV6]:PORT. */
export async function whyUnreachable(address: string, clock: Clock): Promise<WhyUnreachable> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const { promise, resolve } = Promise.withResolvers<WhyUnreachable>();
  let isConnected = false;
  const socket = connect({ host, port: Number(address.slice(colon + 1)) }, () => {
    isConnected = true;
    socket.write(http2Preface);
  });
  socket.on('error', (error) => resolve(isConnected ? 'not-ours' : whyOf(error)));
  socket.on('data', (bytes) => resolve(whoAnswers(bytes)));
  socket.on('close', () => resolve('not-ours'));
  const timer = clock.schedule(after(clock.now(), answerMsMax), () => resolve(isConnected ? 'not-ours' : 'no-answer'));
  try {
    return await promise;
  } finally {
    timer.cancel();
    socket.destroy();
  }
}

/** Where a name has several addresses, all of them failed. */
function whyOf(error: Error): WhyUnreachable {
  switch ('code' in error ? error.code : undefined) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'unknown-name';
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return 'no-route';
    default:
      return 'no-answer';
  }
}

function whoAnswers(bytes: Buffer): WhyUnreachable {
  if (bytes.toString('latin1', 0, 5) === 'HTTP/') return 'http1';
  return bytes[0] === tlsAlert ? 'tls' : 'not-ours';
}
