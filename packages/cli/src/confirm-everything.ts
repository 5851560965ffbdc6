/** Asks before a command takes hold of the whole fleet without anybody having said which hosts. */
import { everyHost, isEveryHost, type Scope } from './client/scope.ts';
import type { CommandContext } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { isEverything, type TargetGroup } from './targets.ts';

interface Scale {
  readonly hostCount: number;
  readonly processCount: number;
}

/** @returns the exit code to end with; undefined to go on. */
export async function confirmEverything(
  context: CommandContext,
  verb: string,
  groups: readonly TargetGroup[],
  isAgreed: boolean,
): Promise<ExitCode | undefined> {
  const isUnbounded = groups.some(({ scope, targets }) => isEveryHost(scope) && targets.some(isEverything));
  if (isAgreed || !isUnbounded) return undefined;
  return confirm(context, ({ hostCount, processCount }) => `${verb} ${processCount} processes on ${hostCount} hosts`);
}

/**
 * The same of a command that is about hosts as a whole.
 * @param what it would do to that many of them: `upgrade the agents of 38 hosts`
 */
export async function confirmEveryHost(
  context: CommandContext,
  what: (hostCount: number) => string,
  scope: Scope,
  isAgreed: boolean,
): Promise<ExitCode | undefined> {
  if (isAgreed || !isEveryHost(scope)) return undefined;
  return confirm(context, ({ hostCount }) => what(hostCount));
}

async function confirm(context: CommandContext, describe: (scale: Scale) => string): Promise<ExitCode | undefined> {
  const scale = await countEverything(context);
  const { hostCount } = scale;
  if (hostCount <= 1) return undefined;
  const what = describe(scale);
  switch (await context.confirm(`${what}? Type ${hostCount} to go on:`, String(hostCount))) {
    case 'yes':
      return undefined;
    case 'no':
      await context.output.note('fleetctl: nothing was done');
      return exitCode.error;
    case 'nobody-there':
      await context.output.note(
        `fleetctl: this would ${what}: say which with --host, --group or -l, or that it is meant with --yes`,
      );
      return exitCode.usage;
  }
}

async function countEverything(context: CommandContext): Promise<Scale> {
  const client = await context.client();
  let hostCount = 0;
  let processCount = 0;
  for await (const listing of client.processes(everyHost, [])) {
    if (listing.kind !== 'host') continue;
    hostCount++;
    processCount += listing.processes.length;
  }
  return { hostCount, processCount };
}
