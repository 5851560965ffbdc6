/** `fleetctl clear`: empties the logs of processes. */
import { changeProcesses, changeProcessesOptions, targetNotes } from '../change-processes.ts';
import { defineCommand } from '../command.ts';

export const clearCommand = defineCommand({
  name: 'clear',
  summary: 'empty the logs of processes',
  parameters: '<target...>',
  options: changeProcessesOptions,
  notes: targetNotes,
  examples: [['fleetctl clear cat --host web1', 'stdout and stderr of one process']],
  run: (context, words, options) =>
    changeProcesses(context, {
      verb: 'clear',
      isHarmful: true,
      words,
      options,
      action: (targets) => ({ verb: 'clear', targets }),
    }),
});
