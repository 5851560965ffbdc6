/** The IPv4 address of a host by name, at once: a program's start cannot wait for Node's resolver, which only calls back. */
import { spawnSync } from 'node:child_process';
import { isIPv4 } from 'node:net';
import { toolsEnvironment } from './tools-path.ts';

/** What a name service that is away may cost. */
const ASK_MS_MAX = 2_000;

/** @returns four bytes; undefined when the system knows no IPv4 address of that name, or does not answer in time */
export function ipv4Of(host: string): Uint8Array | undefined {
  const address = isIPv4(host) ? host : askSystem(host);
  return address === undefined ? undefined : Uint8Array.from(address.split('.'), Number);
}

/** Of `getent ahostsv4`: the same answer that a program gets, from /etc/hosts or DNS. */
function askSystem(host: string): string | undefined {
  const { status, stdout } = spawnSync('getent', ['ahostsv4', '--', host], {
    env: toolsEnvironment(),
    encoding: 'utf8',
    timeout: ASK_MS_MAX,
  });
  const [first = ''] = status === 0 ? stdout.split(/\s/, 1) : [];
  return isIPv4(first) ? first : undefined;
}
