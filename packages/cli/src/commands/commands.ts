/** `fleetctl commands`: what was asked of hosts, by whom, and what became of it. */
import { defineCommand } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { scopeOf, scopeOptions } from '../global-options.ts';
import { flag, value } from '../option.ts';
import { parseCount, parseDurationMs } from '../parse-value.ts';
import { commandsView } from '../render/commands.ts';
import { momentFormatter } from '../render/moment.ts';

const countDefault = 20;

export const commandsCommand = defineCommand({
  name: 'commands',
  summary: 'show what was asked of hosts, newest first, by whom, and what became of it',
  options: {
    ...scopeOptions,
    open: flag('--open', 'only those of which some host has not told what became of them'),
    since: value('--since <time>', 'not older than this: 1h, 30m, 2d', parseDurationMs),
    count: value('-n, --count <count>', `at most this many (${countDefault})`, parseCount),
  },
  notes: [
    'A host that went away while it was at it tells what became of it when it is back: until then it is unknown.',
  ],
  examples: [
    ['fleetctl commands --host web1 --since 1d', 'who did what to a host since yesterday'],
    ['fleetctl commands --open', 'what is not known to have ended'],
    ['fleetctl commands show 01a1fc21-da06-7ec9', 'one of them, host by host'],
  ],
  run: async (context, _words, { open: isOpen, since, count, ...options }) => {
    const { output, clock } = context;
    const client = await context.client();
    const sinceUs = since === undefined ? undefined : clock.wallTimeUs() - BigInt(since) * 1_000n;
    const commands = await client.commands({ scope: scopeOf(options), limit: count ?? countDefault, sinceUs, isOpen });
    const style = { formatMoment: momentFormatter(output.timeZone), paint: output.paint };
    if (commands.length > 0 || !output.isTable) await output.show(commandsView(commands, style));
    else await output.note(isOpen ? 'no command is open' : 'no command was given: widen it with --since or --host');
    return exitCode.ok;
  },
});
