/** `fleetctl config rollback`: an older revision of a config file becomes the newest one. */
import { defineCommand } from '../../command.ts';
import { parseConfigReferences } from '../../config-reference.ts';
import { changeOptions } from '../../global-options.ts';
import { flag } from '../../option.ts';
import { watchRollout } from '../../watch-rollout.ts';

export const configRollbackCommand = defineCommand({
  name: 'config rollback',
  summary: 'give hosts an older revision of a config file again',
  parameters: '<name[@revision]> [revision]',
  options: { ...changeOptions, dryRun: flag('--dry-run', 'say which hosts would get it; store nothing') },
  notes: [
    'Without a revision: the last before the newest whose rollout succeeded. Bytes and hosts become those of that',
    'revision, as a new one.',
  ],
  examples: [
    ['fleetctl config rollback web.conf', 'undo the last push'],
    ['fleetctl config rollback web.conf 3 -m "5 leaks memory"', 'a certain revision, saying why'],
  ],
  run: async (context, words, options) => {
    const {
      file,
      revisions: [revision],
    } = parseConfigReferences(words, 1);
    const rollback = {
      file,
      revision,
      message: options.reason ?? '',
      dryRun: options.dryRun,
      timeoutMs: context.waitMs,
    };
    const client = await context.client();
    return watchRollout(context, client.rollBack(rollback), { file, isDryRun: options.dryRun });
  },
});
