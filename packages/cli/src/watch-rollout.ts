/** Shows a rollout as it goes, and ends with its exit code: shared by push and rollback. */
import type { RolloutStep } from './client/config-file.ts';
import type { CommandContext } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { widthOf } from './render/display-width.ts';
import { renderJsonLine } from './render/document.ts';
import { endLine, stepLines } from './render/rollout.ts';
import { visible } from './render/visible.ts';
import { exitCodeOfRollout, rolloutTally } from './rollout-tally.ts';
import { WaitingNote } from './waiting-note.ts';

export interface Watched {
  readonly file: string;
  readonly isDryRun: boolean;
}

export async function watchRollout(
  context: CommandContext,
  steps: AsyncIterable<RolloutStep>,
  { file, isDryRun }: Watched,
): Promise<ExitCode> {
  const { output } = context;
  const seen: RolloutStep[] = [];
  try {
    using waiting = new WaitingNote(context, () => waitingWords(seen));
    for await (const step of steps) {
      waiting.heard();
      seen.push(step);
      await printStep(context, step, seen, isDryRun);
    }
  } catch (thrown) {
    const hasBegun = seen.length > 0 && !isDryRun;
    if (context.signal.aborted && hasBegun) await output.note(goesOn('detached'));
    throw thrown;
  }
  const code = exitCodeOfRollout(seen, isDryRun);
  if (seen.some((step) => step.kind === 'refused') && output.isTable) {
    await output.note(`fleetctl: ${file} was refused: nothing was stored`);
  }
  if (code === exitCode.timeout && !seen.some((step) => step.kind === 'ended')) await output.note(goesOn('time is up'));
  if (!output.isTable && output.format !== 'jsonl') {
    await output.show({
      document: { kind: 'rollout', file, isDryRun, steps: seen, totals: rolloutTally(seen) },
      parts: [],
      names: seen.flatMap((step) => (step.kind === 'planned' ? step.targets : [])),
      table: () => [],
    });
  }
  return code;
}

async function printStep(
  { output }: CommandContext,
  step: RolloutStep,
  seen: readonly RolloutStep[],
  isDryRun: boolean,
): Promise<void> {
  if (output.format === 'jsonl') {
    const { kind, ...rest } = step;
    return output.write(renderJsonLine({ kind: `rollout-${kind}`, ...rest }));
  }
  if (!output.isTable) return;
  const hosts = seen.flatMap((one) => (one.kind === 'planned' ? one.targets : []));
  const hostWidth = Math.max(0, ...hosts.map((host) => widthOf(visible(host))));
  await output.lines(stepLines(step, { isDryRun, hostWidth, paint: output.paint }));
  if (step.kind === 'ended') await output.lines([endLine(step, rolloutTally(seen))]);
}

function waitingWords(seen: readonly RolloutStep[]): string {
  const planned = seen.find((step) => step.kind === 'planned');
  if (planned === undefined) return 'the controller has not answered yet';
  const running = rolloutTally(seen).stillRunning;
  return `${running} of ${planned.targets.length} hosts are at it; Ctrl-C ends the waiting alone, the rollout goes on`;
}

function goesOn(why: string): string {
  return `${why}: the rollout goes on; fleetctl hosts shows how far it has come, fleetctl events what happened`;
}
