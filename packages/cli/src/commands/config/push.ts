/** `fleetctl config push`: a new revision of config files, given to the hosts they are for. */
import { basename } from 'node:path';
import { FleetError } from '@fleetvisor/primitives';
import type { ConfigPush, Selector } from '../../client/config-file.ts';
import type { FleetClient } from '../../client/fleet-client.ts';
import { type CommandContext, defineCommand } from '../../command.ts';
import { type ExitCode, exitCode } from '../../exit-code.ts';
import { scopeOptions } from '../../global-options.ts';
import { flag, type OptionValues, text, value } from '../../option.ts';
import { parseRevision } from '../../parse-value.ts';
import { watchRollout } from '../../watch-rollout.ts';

const pushOptions = {
  ...scopeOptions,
  all: flag('--all', 'for every host of the fleet'),
  message: text('-m, --message <text>', 'what it is for; kept with the revision'),
  name: text('--name <name>', 'its name in the fleet, where that is not the name of the file'),
  parent: value('--parent <revision>', 'refuse it unless this is the newest revision', parseRevision),
  dryRun: flag('--dry-run', 'check it and say which hosts would get it; store nothing'),
  allowEmpty: flag('--allow-empty', 'also when no host matches yet'),
  yes: flag('--yes', 'do not ask (a push never does)'),
};

export const configPushCommand = defineCommand({
  name: 'config push',
  summary: 'store config files and give them to the hosts they are for',
  parameters: '<file...>',
  options: pushOptions,
  notes: [
    '--host, --group, -l and --all say whom it is for; without them it stays for those that its newest revision is for.',
    'Only programs that changed are restarted. With several files, all are checked before the first is stored.',
  ],
  examples: [
    ['fleetctl config push web.conf --group web', 'as web.conf, for the hosts of a host group'],
    ['fleetctl config push web.conf --dry-run', 'what would happen'],
    ['./generate | fleetctl config push - --name web.conf', 'from standard input'],
    ['fleetctl config push new.conf --name web.conf --parent 3 -m "more workers"', 'made from revision 3'],
  ],
  run: async (context, paths, options) => {
    const pushes = await preparePushes(context, paths, options);
    const client = await context.client();
    if (pushes.length > 1 && !options.dryRun) {
      const refused = await checkAll(context, client, pushes);
      if (refused !== undefined) return refused;
    }
    for (const push of pushes) {
      const watched = { file: push.file, isDryRun: push.dryRun };
      const code = await watchRollout(context, client.push(push), watched);
      // What is wrong with one file may be what the next one builds upon.
      if (code !== exitCode.ok && code !== exitCode.unreachable) return code;
      if (code === exitCode.unreachable && push === pushes.at(-1)) return code;
    }
    return exitCode.ok;
  },
});

async function preparePushes(
  context: CommandContext,
  paths: readonly string[],
  options: OptionValues<typeof pushOptions>,
): Promise<readonly ConfigPush[]> {
  const { name, parent } = options;
  if (paths.length > 1 && (name !== undefined || parent !== undefined)) {
    throw new FleetError('invalid', '--name and --parent are about one file: push the files one by one');
  }
  if (paths.includes('-') && name === undefined) {
    throw new FleetError('invalid', 'what comes from standard input has no name: give it one with --name');
  }
  const selector = selectorOf(options);
  const pushes: ConfigPush[] = [];
  for (const path of paths) {
    pushes.push({
      file: name ?? basename(path),
      content: await context.readFile(path),
      selector,
      message: options.message ?? '',
      parent,
      dryRun: options.dryRun,
      allowEmpty: options.allowEmpty,
      timeoutMs: context.waitMs,
    });
  }
  return pushes;
}

/** undefined: nothing was said. @throws FleetError `invalid` for --all together with another. */
function selectorOf({ host, group, label, all }: OptionValues<typeof pushOptions>): Selector | undefined {
  const isNarrowed = host.length > 0 || group.length > 0 || label.length > 0;
  if (all && isNarrowed) throw new FleetError('invalid', '--all is every host: leave out --host, --group and -l');
  if (!all && !isNarrowed) return undefined;
  return { hosts: host, hostGroups: group, labels: label, all };
}

/** So that the second file is not refused when the first is out already. */
async function checkAll(
  context: CommandContext,
  client: FleetClient,
  pushes: readonly ConfigPush[],
): Promise<ExitCode | undefined> {
  for (const push of pushes) {
    for await (const step of client.push({ ...push, dryRun: true })) {
      if (step.kind !== 'refused') continue;
      return watchRollout(context, once(step), { file: push.file, isDryRun: true });
    }
  }
  return undefined;
}

async function* once<Value>(only: Value): AsyncGenerator<Value> {
  yield only;
}
