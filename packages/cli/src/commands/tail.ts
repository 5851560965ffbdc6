/** `fleetctl tail`: the end of logs, and what follows, of many processes on many hosts as one. */
import { FleetError } from '@fleetvisor/primitives';
import { targetNotes } from '../change-processes.ts';
import type { FleetClient } from '../client/fleet-client.ts';
import type { LogStream } from '../client/process.ts';
import { type CommandContext, defineCommand } from '../command.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { scopeOf, scopeOptions } from '../global-options.ts';
import { listProcesses } from '../list-processes.ts';
import { flag, value } from '../option.ts';
import { parseCount } from '../parse-value.ts';
import { LogPrinter, labelOf } from '../render/log-printer.ts';
import { unmatchedLines } from '../render/unmatched.ts';
import { noteHints } from '../target-hints.ts';
import { groupTargets, type TargetGroup } from '../targets.ts';
import type { Unmatched } from '../unmatched-targets.ts';

/** As supervisorctl has them. */
const tailBytes = 1_600;
const tailBytesOfFollow = 1_024;

export const tailCommand = defineCommand({
  name: 'tail',
  summary: 'show the end of logs, and what follows',
  parameters: '<target> [stdout|stderr]',
  options: {
    ...scopeOptions,
    follow: flag('-f, --follow', 'go on with what is written, until Ctrl-C'),
    bytes: value('-n, --bytes <count>', 'how many bytes back to begin; also -COUNT', parseCount),
  },
  notes: [...targetNotes, 'Of several processes, each line begins with its host and process.'],
  examples: [
    ['fleetctl tail web1/cat', 'the last 1600 bytes'],
    ['fleetctl tail -f "api:*" stderr --group web', 'what a process group writes, on all its hosts'],
    ['fleetctl tail -10000 cat --host web1', 'more of it'],
  ],
  run: async (context, [target = '', channel = 'stdout'], options) => {
    requirePlain(context);
    const stream = parseChannel(channel);
    // One target makes one group.
    const group = firstOf(groupTargets([target], scopeOf(options)));
    const client = await context.client();
    const { hosts, unmatched } = await listProcesses(client, group);
    const logCount = hosts.reduce((count, { processes }) => count + processes.length, 0);
    if (logCount === 0) return nothingToTail(context, target, unmatched);
    const bytes = options.bytes ?? (options.follow ? tailBytesOfFollow : tailBytes);
    const pieces = client.tail({ ...group, stream, tailBytes: bytes, follow: options.follow });
    const failedCount = await printLogs(context, pieces, logCount > 1);
    if (failedCount === 0) return exitCode.ok;
    return failedCount < logCount ? exitCode.partial : exitCode.error;
  },
});

async function nothingToTail(context: CommandContext, target: string, unmatched: Unmatched): Promise<ExitCode> {
  const { output } = context;
  if (unmatched.undecided.length > 0) {
    for (const line of unmatchedLines(unmatched)) await output.note(line);
    return exitCode.unreachable;
  }
  await output.note(`${target}: ERROR (no such process name)`);
  await noteHints(context, unmatched.nowhere);
  return exitCode.noMatch;
}

/** @returns how many logs ended with an error. */
async function printLogs(
  { output }: CommandContext,
  pieces: ReturnType<FleetClient['tail']>,
  isPrefixed: boolean,
): Promise<number> {
  const printer = new LogPrinter(output, isPrefixed);
  let failedCount = 0;
  for await (const piece of pieces) {
    await printer.print(piece);
    if (piece.error === undefined) continue;
    failedCount++;
    await output.note(`${labelOf(piece)}: ERROR (${piece.error})`);
  }
  await printer.end();
  return failedCount;
}

function parseChannel(channel: string): LogStream {
  if (channel === 'stdout' || channel === 'stderr') return channel;
  throw new FleetError('invalid', `bad channel '${channel}': it is stdout or stderr`);
}

function requirePlain({ output }: CommandContext): void {
  if (output.isTable || output.format === 'jsonl') return;
  throw new FleetError('invalid', `a log is not printed as ${output.format}: leave -o out, or use -o jsonl`);
}

function firstOf(groups: readonly TargetGroup[]): TargetGroup {
  const [group] = groups;
  if (group === undefined) throw new FleetError('internal', 'a target made no group');
  return group;
}
