/** `fleetctl context use`: which controller is asked from now on. */
import { defineCommand } from '../../command.ts';
import { exitCode } from '../../exit-code.ts';

export const contextUseCommand = defineCommand({
  name: 'context use',
  summary: 'make a context the current one',
  parameters: '<name>',
  examples: [['fleetctl context use production', 'ask that controller from now on']],
  run: async ({ output, contexts }, [name = '']) => {
    await contexts.use(name);
    await output.note(`context ${name} is now the current one in ${contexts.path}`);
    return exitCode.ok;
  },
});
