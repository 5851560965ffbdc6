/** `fleetctl events`: what happened in the fleet, and what happens now. */
import { FleetError, sleep } from '@fleetvisor/primitives';
import type { EventKind, EventQuery, StoredEvent } from '../client/event.ts';
import type { FleetClient } from '../client/fleet-client.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { scopeOf, scopeOptions } from '../global-options.ts';
import { explainNothingFound, namesOfNobody, noteNamesOfNobody } from '../nothing-found.ts';
import { flag, type OptionSpec, value } from '../option.ts';
import { parseCount, parseDurationMs } from '../parse-value.ts';
import { type EventStyle, eventsView } from '../render/events.ts';
import { momentFormatter } from '../render/moment.ts';
import type { Output } from '../render/output.ts';
import { groupTargets, type TargetGroup } from '../targets.ts';

const kinds = {
  transition: true,
  crash: true,
  'crash-repeat': true,
  'agent-started': true,
  'agent-stopping': true,
  'agent-went-on': true,
  'config-changed': true,
  'command-done': true,
  'events-dropped': true,
  'host-connected': true,
  'host-disconnected': true,
  'rollout-changed': true,
  'identity-conflict': true,
  'group-changed': true,
  'output-lost': true,
  'controller-started': true,
} as const satisfies Record<Exclude<EventKind, 'other'>, true>;

const newestDefault = 50;
/** The most that the controller gives at once. */
const newestMax = 10_000;
const retryMs = 1_000;

export const eventsCommand = defineCommand({
  name: 'events',
  summary: 'show what happened in the fleet, oldest first',
  parameters: '[target]',
  options: {
    ...scopeOptions,
    follow: flag('-f, --follow', 'go on with what happens, until Ctrl-C'),
    since: value('--since <time>', 'not older than this: 1h, 30m, 2d', parseDurationMs),
    kind: kindOption(
      '--kind <kind>',
      `only of this kind, again or with commas for more: ${Object.keys(kinds).join(', ')}`,
    ),
    count: value('-n, --count <count>', 'at most this many of the newest (50; with --since 10000)', parseCount),
  },
  examples: [
    ['fleetctl events', 'the newest 50'],
    ['fleetctl events -f --kind crash,transition --group web', 'as it happens'],
    ['fleetctl events web1/cat --since 1h', 'the last hour of one process'],
  ],
  run: async (context, words, options) => {
    requirePlain(context.output, options.follow);
    const group = onlyGroup(words, scopeOf(options));
    const { since } = options;
    const query: EventQuery = {
      ...group,
      kinds: options.kind,
      after: undefined,
      newest: options.count ?? (since === undefined ? newestDefault : newestMax),
      sinceUs: since === undefined ? undefined : context.clock.wallTimeUs() - BigInt(since) * 1_000n,
      follow: options.follow,
    };
    const client = await context.client();
    if (options.follow) {
      await noteNamesOfNobody(context, await namesOfNobody(client, [group]));
      return followEvents(context, client, query);
    }
    return listEvents(context, client, query, words);
  },
});

async function listEvents(
  context: CommandContext,
  client: FleetClient,
  query: EventQuery,
  words: readonly string[],
): Promise<ExitCode> {
  const { output } = context;
  const events: StoredEvent[] = [];
  for await (const page of client.events(query)) events.push(...page);
  if (events.length > 0 || !output.isTable) await output.show(eventsView(events, styleOf(output)));
  if (events.length > 0) return exitCode.ok;
  const advice = 'widen it with --since, --kind or --host';
  return explainNothingFound(context, { what: 'events', words, groups: [query], advice });
}

/** Survives a controller that goes away: it takes up again where it was, without a gap. */
async function followEvents(context: CommandContext, client: FleetClient, query: EventQuery): Promise<ExitCode> {
  const { output, clock, signal } = context;
  const style = styleOf(output);
  await client.fleet(); // one that is not there from the beginning is an error, not something to wait for
  let after = query.after;
  let isWaiting = false;
  for (;;) {
    try {
      for await (const page of client.events({ ...query, after, newest: after === undefined ? query.newest : 0 })) {
        isWaiting = false;
        after = page.at(-1)?.position ?? after;
        if (page.length > 0) await output.show(eventsView(page, style));
      }
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof FleetError) || thrown.code !== 'unavailable') throw thrown;
      if (!isWaiting) await output.note(`fleetctl: ${thrown.message}; waiting for it`);
      isWaiting = true;
    }
    await sleep(clock, retryMs, signal);
  }
}

function styleOf({ timeZone, paint }: Output): EventStyle {
  return { formatMoment: momentFormatter(timeZone), paint, widths: [] };
}

/** @throws FleetError `invalid` for a format that events have no words in. */
function requirePlain(output: Output, isEndless: boolean): void {
  if (output.format === 'name') {
    throw new FleetError('invalid', 'events have no names: leave -o out, or use -o jsonl');
  }
  if (isEndless) output.requireEndless();
}

/** An answer has one cursor, so all targets have to be for the same hosts. */
function onlyGroup(words: readonly string[], scope: TargetGroup['scope']): TargetGroup {
  const [group = { scope, targets: [] }] = groupTargets(words, scope);
  return group;
}

function kindOption(flags: string, description: string): OptionSpec<readonly EventKind[]> {
  return {
    flags,
    description,
    initial: [],
    read: (given, before) => [...before, ...given.split(',').map(parseKind)],
  };
}

/** Takes the ways in which other programs write them: `crash_repeat`, `crashRepeat`. */
function parseKind(given: string): EventKind {
  const word = given
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
  if (isKind(word)) return word;
  throw new FleetError('invalid', `'${given}' is no kind of event: there are ${Object.keys(kinds).join(', ')}`);
}

function isKind(word: string): word is keyof typeof kinds {
  return Object.hasOwn(kinds, word);
}
