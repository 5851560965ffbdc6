/** `fleetctl stop`: stops processes, for good until somebody starts them. */
import { changeProcesses, changeProcessesOptions, targetNotes } from '../change-processes.ts';
import { defineCommand } from '../command.ts';

export const stopCommand = defineCommand({
  name: 'stop',
  summary: 'stop processes',
  parameters: '<target...>',
  options: changeProcessesOptions,
  notes: targetNotes,
  examples: [
    ['fleetctl stop web1/cat', 'one process on one host'],
    ['fleetctl stop all -l region=eu', 'everything on the hosts of a region'],
  ],
  run: (context, words, options) =>
    changeProcesses(context, {
      verb: 'stop',
      isHarmful: true,
      words,
      options,
      action: (targets) => ({ verb: 'stop', targets }),
    }),
});
