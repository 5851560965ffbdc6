/** `fleetctl config history`: the revisions of a config file. */
import { defineCommand } from '../../command.ts';
import { exitCode } from '../../exit-code.ts';
import { value } from '../../option.ts';
import { parseCount } from '../../parse-value.ts';
import { historyView } from '../../render/config-files.ts';
import { momentFormatter } from '../../render/moment.ts';

const countDefault = 20;

export const configHistoryCommand = defineCommand({
  name: 'config history',
  summary: 'show the revisions of a config file, newest first',
  parameters: '<name>',
  options: { count: value('-n, --count <count>', `at most this many (${countDefault})`, parseCount) },
  examples: [['fleetctl config history web.conf', 'who changed it, when and why']],
  run: async (context, [file = ''], options) => {
    const { output } = context;
    const client = await context.client();
    const revisions = await client.revisions(file, options.count ?? countDefault);
    await output.show(historyView(revisions, momentFormatter(output.timeZone), output.paint));
    return exitCode.ok;
  },
});
