/** Options that many commands share: said once here, so that they mean the same everywhere. */
import { FleetError } from '@fleetvisor/primitives';
import type { Scope } from './client/scope.ts';
import { flag, list, type OptionSpec, type OptionValues, repeated, text, value } from './option.ts';
import { parseAddress, parseDurationMs } from './parse-value.ts';
import { type Format, formats } from './render/output.ts';

const colourModes = ['auto', 'always', 'never'] as const;
export type ColourMode = (typeof colourModes)[number];

/** Every command takes these. */
export const standardOptions = {
  controller: value('--controller <host:port>', 'the controller to ask (FLEET_CONTROLLER)', parseAddress),
  context: text('--context <name>', 'a controller from the contexts file (FLEET_CONTEXT)'),
  output: choice<Format>('-o, --output <format>', 'how to print it', formats),
  color: choice<ColourMode>('--color <when>', 'when to colour (auto: on a terminal without NO_COLOR)', colourModes),
  timeout: value('--timeout <time>', 'how long to wait: 30s, 5m, 1h', parseDurationMs),
};

/** Commands that are about hosts take these. */
export const scopeOptions = {
  host: list('--host <glob>', 'hosts by name or pattern; again or with commas for more'),
  group: list('--group <name>', 'hosts in this host group; again or with commas for more'),
  label: repeated('-l, --label <selector>', "hosts by label: 'key=value', 'key in (a,b)', 'key', '!key'"),
};

/** Commands that change something take these. */
export const changeOptions = {
  reason: text('-m, --reason <text>', 'why; kept with the record of the command'),
  yes: flag('--yes', 'do not ask'),
};

export function scopeOf(options: OptionValues<typeof scopeOptions>): Scope {
  return { hosts: options.host, hostGroups: options.group, labels: options.label };
}

function choice<Choice extends string>(
  flags: string,
  description: string,
  choices: readonly Choice[],
): OptionSpec<Choice | undefined> {
  const parse = (given: string): Choice => {
    const found = choices.find((one) => one === given);
    if (found === undefined) throw new FleetError('invalid', `'${given}' is none of ${choices.join(', ')}`);
    return found;
  };
  return value(flags, `${description}: ${choices.join(', ')}`, parse);
}
