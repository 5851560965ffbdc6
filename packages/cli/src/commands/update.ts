/** `fleetctl update`: makes the hosts run what their own config files say, as supervisorctl update does. */
import { defineCommand } from '../command.ts';
import { changeOptions, scopeOf, scopeOptions } from '../global-options.ts';
import { doneWords } from '../render/report.ts';
import { runOnHosts } from '../run-on-hosts.ts';

export const updateCommand = defineCommand({
  name: 'update',
  summary: "apply what changed in the hosts' own config files",
  parameters: '[group...]',
  options: { ...scopeOptions, ...changeOptions },
  notes: [
    'GROUP is a process group; without one, all that changed are updated. Only what changed is restarted.',
    'It is about the files on the hosts themselves; what the controller gives them is changed by fleetctl config.',
  ],
  examples: [
    ['fleetctl update --host web1', 'everything that changed on one host'],
    ['fleetctl update api --group web', 'one process group'],
  ],
  run: (context, words, options) => {
    const groups = words.includes('all') ? [] : words;
    return runOnHosts(context, {
      groups: [{ scope: scopeOf(options), targets: groups }],
      action: (targets) => ({ verb: 'update', groups: targets }),
      reason: options.reason,
      changeWords: doneWords,
    });
  },
});
