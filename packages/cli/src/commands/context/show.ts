/** `fleetctl context show`: which controller would be asked, all settings considered. */
import { defineCommand } from '../../command.ts';
import { exitCode } from '../../exit-code.ts';
import { visible } from '../../render/visible.ts';

export const contextShowCommand = defineCommand({
  name: 'context show',
  summary: 'show which controller would be asked',
  notes: ['A flag goes before FLEET_CONTROLLER and FLEET_CONTEXT, these before the contexts file.'],
  examples: [['fleetctl context show', 'the address in use']],
  run: async (context) => {
    const { output, contexts } = context;
    const controller = await context.address();
    const document = { kind: 'controller', controller, contextsFile: contexts.path };
    await output.show({
      document,
      parts: [document],
      names: [controller],
      table: () => [visible(controller)],
    });
    return exitCode.ok;
  },
});
