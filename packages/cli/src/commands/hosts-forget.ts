/** `fleetctl hosts forget`: a host that is gone for good is expected no more. */
import { defineCommand } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { visible } from '../render/visible.ts';

export const hostsForgetCommand = defineCommand({
  name: 'hosts forget',
  summary: 'stop expecting a host that is gone for good, and free its name',
  parameters: '<name>',
  notes: ['Refused while the host is connected. Its history stays.'],
  examples: [['fleetctl hosts forget web9', 'another host may be called web9 now']],
  run: async (context, [name = '']) => {
    const { output } = context;
    const client = await context.client();
    const id = await client.forgetHost(name);
    await output.show({
      document: { kind: 'host-forgotten', name, id },
      parts: [{ kind: 'host-forgotten', name, id }],
      names: [name],
      table: () => [`${visible(name)}: forgotten`],
    });
    return exitCode.ok;
  },
});
