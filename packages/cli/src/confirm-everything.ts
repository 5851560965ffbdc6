/** Asks before a command takes hold of the whole fleet without anybody having said which hosts. */
import { everyHost, isEveryHost } from './client/scope.ts';
import type { CommandContext } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { isEverything, type TargetGroup } from './targets.ts';

/** @returns the exit code to end with; undefined to go on. */
export async function confirmEverything(
  context: CommandContext,
  verb: string,
  groups: readonly TargetGroup[],
  isAgreed: boolean,
): Promise<ExitCode | undefined> {
  const isUnbounded = groups.some(({ scope, targets }) => isEveryHost(scope) && targets.some(isEverything));
  if (isAgreed || !isUnbounded) return undefined;
  const { hostCount, processCount } = await countEverything(context);
  if (hostCount <= 1) return undefined;
  const scale = `${processCount} processes on ${hostCount} hosts`;
  switch (await context.confirm(`${verb} ${scale}? Type ${hostCount} to go on:`, String(hostCount))) {
    case 'yes':
      return undefined;
    case 'no':
      await context.output.note('fleetctl: nothing was done');
      return exitCode.error;
    case 'nobody-there':
      await context.output.note(
        `fleetctl: this would ${verb} ${scale}: say which with --host, --group or -l, or that it is meant with --yes`,
      );
      return exitCode.usage;
  }
}

async function countEverything(context: CommandContext): Promise<{ hostCount: number; processCount: number }> {
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
