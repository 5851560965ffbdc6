/** `fleetctl config list`: the config files of the fleet. */
import { defineCommand } from '../../command.ts';
import { exitCode } from '../../exit-code.ts';
import { configsView } from '../../render/config-files.ts';
import { momentFormatter } from '../../render/moment.ts';

export const configListCommand = defineCommand({
  name: 'config list',
  summary: 'show config files, each with its newest revision and whom it is for',
  examples: [['fleetctl config list', 'all of them']],
  run: async (context) => {
    const { output } = context;
    const client = await context.client();
    const configs = await client.configs();
    if (configs.length > 0 || !output.isTable) {
      await output.show(configsView(configs, momentFormatter(output.timeZone), output.paint));
    } else {
      await output.note('no config files yet: fleetctl config push FILE --group NAME makes the first');
    }
    return exitCode.ok;
  },
});
