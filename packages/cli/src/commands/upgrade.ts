/** `fleetctl upgrade`: agents replace themselves by the version that is installed on their hosts. */
import { defineCommand } from '../command.ts';
import { confirmEveryHost } from '../confirm-everything.ts';
import { changeOptions, scopeOf, scopeOptions } from '../global-options.ts';
import { runOnHosts } from '../run-on-hosts.ts';

export const upgradeCommand = defineCommand({
  name: 'upgrade',
  summary: 'replace the agents by the version that is installed on their hosts',
  options: { ...scopeOptions, ...changeOptions },
  notes: [
    'Programs run on. Install the version on the hosts first; where an agent is of that version already, nothing happens.',
  ],
  examples: [
    ["fleetctl upgrade --host 'web*'", 'some hosts'],
    ['fleetctl upgrade --yes', 'all of them'],
  ],
  run: async (context, _words, options) => {
    const scope = scopeOf(options);
    const what = (hostCount: number) => `upgrade the agents of ${hostCount} hosts`;
    const ended = await confirmEveryHost(context, what, scope, options.yes);
    if (ended !== undefined) return ended;
    return runOnHosts(context, {
      groups: [{ scope, targets: [] }],
      action: () => ({ verb: 'upgrade' }),
      reason: options.reason,
    });
  },
});
