/**
 * The configuration a daemon begins with: the file's, or, where that is broken and an agent that was killed left programs
 * running, the one it had. Says so in words; decides nothing of what is done with it.
 */
import { type ConfigProblem, formatProblem, type ParsedConfig, type ParseResult } from '@fleetvisor/config';
import { type ConfigLeft, configLeft } from '../layers/config-left.ts';
import { withOverrides } from './daemon-overrides.ts';
import type { DaemonRequest } from './daemon-request.ts';

export interface FirstConfig {
  readonly config: ParsedConfig;
  /** What is wrong with the file, in whose place the configuration stands. Empty: it is the file's. */
  readonly problems: readonly ConfigProblem[];
}

/** @param dataDir where an agent without the file would have its data; undefined where that cannot be told */
export function firstConfig(
  parsed: ParseResult,
  { overrides }: Pick<DaemonRequest, 'overrides'>,
  dataDir: string | undefined,
): FirstConfig | undefined {
  if (parsed.ok) return { config: parsed.config, problems: [] };
  const left: ConfigLeft | undefined = dataDir === undefined ? undefined : configLeft(dataDir);
  return left && { config: withOverrides(left.config, overrides), problems: parsed.problems };
}

/** One line for a file that cannot be read at all, else how many problems there are and a line for each. */
export function refusal(configFile: string, problems: readonly ConfigProblem[]): string {
  const whole = unreadable(problems);
  const first = whole ?? `${configFile} has ${counted(problems)}; nothing was started`;
  return asText([`Error: ${first}`, ...(whole === undefined ? problems.map(formatProblem) : [])]);
}

/** The same, where programs run on. */
export function goingOn(configFile: string, problems: readonly ConfigProblem[]): string {
  return asText([
    `Error: ${unreadable(problems) ?? `${configFile} has ${counted(problems)}`}`,
    ...(unreadable(problems) === undefined ? problems.map(formatProblem) : []),
    `Warning: ${GOES_ON}`,
  ]);
}

/** For the main log. */
export const GOES_ON =
  'programs of an agent that was killed run on: going on with the configuration that was in force then. ' +
  'Mend the config file; reread or reload takes it up';

function unreadable([first]: readonly ConfigProblem[]): string | undefined {
  return first !== undefined && first.section === undefined && first.line === 0 ? first.message : undefined;
}

function counted({ length }: readonly ConfigProblem[]): string {
  return length === 1 ? '1 error' : `${length} errors`;
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
