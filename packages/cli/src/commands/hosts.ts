/** `fleetctl hosts`: the hosts of the fleet. */
import { describeScope, isEveryHost } from '../client/scope.ts';
import { defineCommand } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { scopeOf, scopeOptions } from '../global-options.ts';
import { hostsView } from '../render/hosts.ts';

export const hostsCommand = defineCommand({
  name: 'hosts',
  summary: 'show hosts, whether they are there, and which configuration they run',
  options: scopeOptions,
  examples: [
    ['fleetctl hosts', 'all of them'],
    ['fleetctl hosts --group web -o wide', 'with labels, files, address and versions'],
    ['fleetctl hosts forget web9', 'a host that is gone for good'],
  ],
  run: async (context, _words, options) => {
    const { output } = context;
    const scope = scopeOf(options);
    const client = await context.client();
    const hosts = await client.hosts(scope);
    if (hosts.length > 0 || !output.isTable) await output.show(hostsView(hosts, output.paint));
    else if (isEveryHost(scope)) await output.note(noHostJoined(client.address));
    else await output.note(`no host matches ${describeScope(scope)}: fleetctl hosts shows those there are`);
    return hosts.length > 0 || isEveryHost(scope) ? exitCode.ok : exitCode.noMatch;
  },
});

/** What to do about an empty fleet. */
export function noHostJoined(address: string): string {
  return (
    `no host has joined the controller at ${address} yet: start fleet-agent on one with ` +
    '--controller HOST:PORT (the address for agents)'
  );
}
