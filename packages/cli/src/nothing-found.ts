/** What to say of a search of the history that came back empty: nothing happened to a name is good news only if it is one. */
import type { FleetClient } from './client/fleet-client.ts';
import type { CommandContext } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { listProcesses } from './list-processes.ts';
import { noteHints } from './target-hints.ts';
import type { TargetGroup } from './targets.ts';

/** Targets of the groups that no process in scope has for a name now. */
export async function namesOfNobody(client: FleetClient, groups: readonly TargetGroup[]): Promise<readonly string[]> {
  const named = groups.filter(({ targets }) => targets.length > 0);
  const listed = await Promise.all(named.map((group) => listProcesses(client, group)));
  return listed.flatMap(({ unmatched }) => unmatched.nowhere);
}

export async function noteNamesOfNobody(context: CommandContext, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const which = names.map((name) => `'${name}'`).join(', ');
  await context.output.note(`fleetctl: no process is called ${which} now: fleetctl status shows what there is`);
  await noteHints(context, names);
}

export interface Search {
  /** In the plural: `crashes`. */
  readonly what: string;
  /** The targets as they were given. */
  readonly words: readonly string[];
  readonly groups: readonly TargetGroup[];
  /** What to do next, where all names are right. */
  readonly advice: string;
}

/** @returns `noMatch` where every name that was given is found neither in the history nor in the fleet. */
export async function explainNothingFound(context: CommandContext, search: Search): Promise<ExitCode> {
  const { what, words, groups, advice } = search;
  const nobodys = await namesOfNobody(await context.client(), groups);
  const of = words.length === 0 ? '' : ` of ${words.map((word) => `'${word}'`).join(', ')}`;
  if (nobodys.length > 0 || context.output.isTable) {
    await context.output.note(nobodys.length > 0 ? `no ${what}${of}` : `no ${what}${of}: ${advice}`);
  }
  await noteNamesOfNobody(context, nobodys);
  const targetCount = groups.reduce((count, { targets }) => count + targets.length, 0);
  return targetCount > 0 && nobodys.length === targetCount ? exitCode.noMatch : exitCode.ok;
}
