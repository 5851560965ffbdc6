/** `fleetctl reread`: what differs between the config files on the hosts and what runs there. Changes nothing. */
import { defineCommand } from '../command.ts';
import { scopeOf, scopeOptions } from '../global-options.ts';
import { foundWords } from '../render/report.ts';
import { runOnHosts } from '../run-on-hosts.ts';

export const rereadCommand = defineCommand({
  name: 'reread',
  summary: "read the hosts' own config files anew and say what differs",
  options: scopeOptions,
  notes: [
    'It is about the files on the hosts themselves; what the controller gives them is changed by fleetctl config.',
  ],
  examples: [['fleetctl reread --host web1', 'what an update would change there']],
  run: (context, _words, options) =>
    runOnHosts(context, {
      groups: [{ scope: scopeOf(options), targets: [] }],
      action: () => ({ verb: 'reread' }),
      reason: undefined,
      changeWords: foundWords,
    }),
});
