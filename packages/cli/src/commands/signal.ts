/** `fleetctl signal`: sends a signal to processes. */
import { changeProcesses, changeProcessesOptions, targetNotes } from '../change-processes.ts';
import { defineCommand } from '../command.ts';

export const signalCommand = defineCommand({
  name: 'signal',
  summary: 'send a signal to processes',
  parameters: '<signal> <target...>',
  options: changeProcessesOptions,
  notes: targetNotes,
  examples: [
    ['fleetctl signal HUP nginx --group web', 'reread its own configuration'],
    ['fleetctl signal 10 web1/worker:*', 'by number'],
  ],
  run: (context, [signal = '', ...words], options) =>
    changeProcesses(context, {
      verb: `signal ${signal}`,
      isHarmful: true,
      words,
      options,
      action: (targets) => ({ verb: 'signal', targets, signal }),
    }),
});
