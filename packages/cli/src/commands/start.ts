/** `fleetctl start`: starts processes; each host waits until they are up or have failed. */
import { changeProcesses, changeProcessesOptions, targetNotes } from '../change-processes.ts';
import { defineCommand } from '../command.ts';

export const startCommand = defineCommand({
  name: 'start',
  summary: 'start processes',
  parameters: '<target...>',
  options: changeProcessesOptions,
  notes: targetNotes,
  examples: [
    ['fleetctl start cat --host web1', 'one process on one host'],
    ['fleetctl start "api:*" --group web', 'a whole process group on the hosts of a host group'],
  ],
  run: (context, words, options) =>
    changeProcesses(context, {
      verb: 'start',
      isHarmful: false,
      words,
      options,
      action: (targets) => ({ verb: 'start', targets }),
    }),
});
