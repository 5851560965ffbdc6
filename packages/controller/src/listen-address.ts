/** Where a door of the controller listens: HOST:PORT, and what is said when it cannot. Opens no socket itself. */
import { FleetError, messageOf } from '@fleetvisor/primitives';

export interface ListenAddress {
  /** A host name or address, an IPv6 one without its brackets. */
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
}

/**
 * Reads HOST:PORT or [ADDRESS]:PORT.
 * @param where what it was given as, for the message: `--api`, `controller.ini: api`.
 * @throws FleetError `invalid` when it has another form, or names an address that others can reach.
 */
export function parseListenAddress(text: string, where: string): ListenAddress {
  const match = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<name>[^:[\]\s]+)):(?<port>\d{1,5})$/.exec(text);
  const host = match?.groups?.v6 ?? match?.groups?.name;
  const port = Number(match?.groups?.port);
  if (host === undefined || port > 65_535) {
    throw new FleetError('invalid', `${where}: '${text}' is not an address; give HOST:PORT, like 127.0.0.1:7400`);
  }
  if (!isLoopback(host)) {
    throw new FleetError(
      'invalid',
      `${where}: will not listen on ${text}: this version has no authentication, so only this machine may reach it; ` +
        'give a loopback address such as 127.0.0.1, and reach it from other machines through an ssh tunnel',
    );
  }
  return { host, port };
}

/** HOST:PORT as a person would write it. */
export function formatListenAddress(address: ListenAddress): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/**
 * Turns the failure of a listen into what to tell a person.
 * @param what the door: `the API (fleetctl)`.
 * @param flag the flag that gives it another address.
 */
export function listenFailure(thrown: unknown, what: string, address: ListenAddress, flag: string): FleetError {
  const text = messageOf(thrown);
  const place = formatListenAddress(address);
  return new FleetError(
    'unavailable',
    `cannot listen on ${place} for ${what}: ${remedy(text, flag)}`,
    { address: place },
    {
      cause: thrown,
    },
  );
}

function remedy(text: string, flag: string): string {
  if (text.includes('EADDRINUSE')) {
    return `another program holds that port (perhaps a controller that runs already); stop it, or give another with ${flag} HOST:PORT`;
  }
  if (text.includes('EACCES')) return `not permitted; ports below 1024 need root: give another with ${flag} HOST:PORT`;
  if (text.includes('EADDRNOTAVAIL')) return `this machine has no such address; give another with ${flag} HOST:PORT`;
  return `${text}; give another address with ${flag} HOST:PORT`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
