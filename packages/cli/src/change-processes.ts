/** The way of all verbs that do something to the processes that are named: targets, question, command. */
import type { Action } from './client/command.ts';
import type { CommandContext } from './command.ts';
import { confirmEverything } from './confirm-everything.ts';
import type { ExitCode } from './exit-code.ts';
import { changeOptions, scopeOf, scopeOptions } from './global-options.ts';
import type { OptionValues } from './option.ts';
import { runOnHosts } from './run-on-hosts.ts';
import { groupTargets } from './targets.ts';

export const changeProcessesOptions = { ...scopeOptions, ...changeOptions };

export interface Change {
  readonly verb: string;
  /** Whether doing it to the whole fleet at once by mistake would hurt. */
  readonly isHarmful: boolean;
  readonly words: readonly string[];
  readonly options: OptionValues<typeof changeProcessesOptions>;
  action(targets: readonly string[]): Action;
}

export async function changeProcesses(context: CommandContext, change: Change): Promise<ExitCode> {
  const groups = groupTargets(change.words, scopeOf(change.options));
  if (change.isHarmful) {
    const ended = await confirmEverything(context, change.verb, groups, change.options.yes);
    if (ended !== undefined) return ended;
  }
  return runOnHosts(context, { groups, action: change.action, reason: change.options.reason });
}

/** Said in the help of each of these verbs. */
export const targetNotes: readonly string[] = [
  'TARGET is NAME, GROUP:NAME, GROUP:* or all, also with patterns; HOST/ before it names hosts: web1/cat, web*/api:*',
];
