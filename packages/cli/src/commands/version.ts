/** `fleetctl version`: of fleetctl, and of the controller it speaks with. */
import type { Fleet } from '../client/host.ts';
import { defineCommand } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { flag } from '../option.ts';
import type { View } from '../render/output.ts';
import { visible } from '../render/visible.ts';
import { version } from '../version.ts';

export const versionCommand = defineCommand({
  name: 'version',
  summary: 'show the versions of fleetctl and of the controller',
  options: { client: flag('--client', 'of fleetctl alone; asks nobody') },
  examples: [
    ['fleetctl version', 'both'],
    ['fleetctl version --client', 'without a controller'],
  ],
  run: async (context, _words, { client: isClientOnly }) => {
    const { output } = context;
    if (isClientOnly) {
      await output.show(versionView(undefined));
      return exitCode.ok;
    }
    const client = await context.client();
    const address = client.address;
    try {
      await output.show(versionView({ address, fleet: await client.fleet() }));
    } catch (thrown) {
      // Its own version is known whatever the controller does.
      if (output.isTable) await output.show(versionView(undefined));
      throw thrown;
    }
    return exitCode.ok;
  },
});

function versionView(controller: { readonly address: string; readonly fleet: Fleet } | undefined): View {
  const document = { kind: 'version', fleetctl: version, controller };
  return {
    document,
    parts: [document],
    names: [version],
    table: () => [
      `fleetctl ${version}`,
      ...(controller === undefined
        ? []
        : [`controller ${visible(controller.fleet.version)} at ${visible(controller.address)}`]),
    ],
  };
}
