/** `fleetctl crashes`: what crashed, on every host. */
import { defineCommand } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { scopeOf, scopeOptions } from '../global-options.ts';
import { explainNothingFound } from '../nothing-found.ts';
import { flag, value } from '../option.ts';
import { parseCount, parseDurationMs } from '../parse-value.ts';
import { crashesView } from '../render/crashes.ts';
import { momentFormatter } from '../render/moment.ts';
import { groupTargets } from '../targets.ts';

const countDefault = 20;

export const crashesCommand = defineCommand({
  name: 'crashes',
  summary: 'show crashes, newest first, each with the last lines it wrote',
  parameters: '[target...]',
  options: {
    ...scopeOptions,
    since: value('--since <time>', 'not older than this: 1h, 30m, 2d', parseDurationMs),
    count: value('-n, --count <count>', `at most this many (${countDefault})`, parseCount),
    short: flag('--short', 'one line for each'),
  },
  notes: [
    'A process that ends because it was told to (stop, restart, or a signal sent with fleetctl or supervisorctl) has not',
    'crashed, whatever the signal.',
    'Ends with 4 when no process has the names that are given and no crash is found of them.',
  ],
  examples: [
    ['fleetctl crashes', 'the newest of the whole fleet'],
    ['fleetctl crashes cat --since 1d --short', 'how often one program crashed since yesterday'],
  ],
  run: async (context, words, options) => {
    const { output, clock } = context;
    const { since, count: limit = countDefault } = options;
    const sinceUs = since === undefined ? undefined : clock.wallTimeUs() - BigInt(since) * 1_000n;
    const groups = groupTargets(words, scopeOf(options));
    const client = await context.client();
    const found = await Promise.all(groups.map((group) => client.crashes({ ...group, limit, sinceUs })));
    const crashes = [...new Map(found.flat().map((crash) => [crash.position, crash])).values()]
      .toSorted((a, b) => b.position - a.position)
      .slice(0, limit);
    const style = { isShort: options.short, formatMoment: momentFormatter(output.timeZone), paint: output.paint };
    if (crashes.length > 0 || !output.isTable) await output.show(crashesView(crashes, style));
    if (crashes.length > 0) return exitCode.ok;
    const advice = 'fleetctl status shows how things are now';
    return explainNothingFound(context, { what: 'crashes', words, groups, advice });
  },
});
