/** `fleetctl restart`: stops all targets, then starts them, as supervisorctl does. */
import { changeProcesses, changeProcessesOptions, targetNotes } from '../change-processes.ts';
import { defineCommand } from '../command.ts';

export const restartCommand = defineCommand({
  name: 'restart',
  summary: 'restart processes',
  parameters: '<target...>',
  options: changeProcessesOptions,
  notes: targetNotes,
  examples: [
    ['fleetctl restart cat --host "web*" -m "new certificate"', 'on many hosts, saying why'],
    ['fleetctl status cat -o name | xargs fleetctl restart', 'just what another command has named'],
  ],
  run: (context, words, options) =>
    changeProcesses(context, {
      verb: 'restart',
      isHarmful: true,
      words,
      options,
      action: (targets) => ({ verb: 'restart', targets }),
    }),
});
