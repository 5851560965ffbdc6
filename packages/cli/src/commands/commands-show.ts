/** `fleetctl commands show`: what became of one command, host by host. */

import type { CommandDetail } from '../client/command-history.ts';
import { defineCommand } from '../command.ts';
import { commandView, reportOf } from '../render/commands.ts';
import { momentFormatter } from '../render/moment.ts';
import { addTallies, emptyTally, exitCodeOfTally, type Tally, tallyOf, totalsLine } from '../tally.ts';

export const commandsShowCommand = defineCommand({
  name: 'commands show',
  summary: 'show what became of a command, host by host',
  parameters: '<id>',
  notes: [
    'ID may be the beginning of one, as far as it names one command alone.',
    'Ends as the command itself does: with 9 while it is under way.',
  ],
  examples: [['fleetctl commands show 01a1fc21-da06-7ec9', 'after fleetctl was interrupted, or a host went away']],
  run: async (context, [id = '']) => {
    const { output } = context;
    const client = await context.client();
    const detail = await client.command(id);
    const style = { formatMoment: momentFormatter(output.timeZone), paint: output.paint };
    await output.show(commandView(detail, style));
    const tally = tallyOfCommand(detail);
    if (output.isTable && detail.hosts.length > 1) await output.lines([totalsLine(tally)]);
    return exitCodeOfTally(tally);
  },
});

function tallyOfCommand(detail: CommandDetail): Tally {
  const tallies = detail.hosts.map((host): Tally => {
    const report = reportOf(detail, host);
    return report === undefined ? { ...emptyTally, stillRunning: 1 } : tallyOf(report);
  });
  return tallies.reduce(addTallies, emptyTally);
}
