/** `port = 9001`, `:9001`, `*:9001`, `host:9001`. */

import { pythonRepr } from '../ini/python-text.ts';
import { bad, type Converted, good } from './converted.ts';
import { integer } from './integer.ts';

const ALLOWED = '[HOST:]PORT with a port from 1 to 65535';
const PORT_MAX = 65535;

/** An empty host means every address. */
export interface InetAddress {
  readonly host: string;
  readonly port: number;
}

export function portNumber(text: string): Converted<number> {
  const port = integer(text);
  if (!port.ok) return bad(port.message, ALLOWED);
  if (port.value < 1) return bad(`${port.value} is below lower bound (1)`, ALLOWED);
  if (port.value > PORT_MAX) return bad(`${port.value} is above upper bound (${PORT_MAX})`, ALLOWED);
  return port;
}

export function inetAddress(text: string): Converted<InetAddress> {
  const colon = text.lastIndexOf(':');
  if (colon === -1) {
    const port = portNumber(text);
    return port.ok
      ? good({ host: '', port: port.value })
      : bad(`not a valid port number: ${pythonRepr(text)} `, ALLOWED);
  }
  if (colon === text.length - 1) return bad("no port number specified in ''", ALLOWED);
  const port = portNumber(text.slice(colon + 1));
  if (!port.ok) return port;
  const host = text.slice(0, colon).toLowerCase();
  return good({ host: host === '*' ? '' : host, port: port.value });
}
