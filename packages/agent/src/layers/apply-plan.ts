/** Carries out a plan step by step. It makes no choice: when a step fails, it says so and goes on with the next. */
import { formatNamespec } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { TargetResult } from '../supervision/action.ts';
import type { PlannedAction } from '../supervision/plan-action.ts';
import type { Layer } from '../supervision/status.ts';
import type { Supervisor } from '../supervision/supervisor.ts';

export interface AppliedStep {
  readonly action: PlannedAction;
  /** What kept the step from being carried out; empty when nothing did. */
  readonly error: string;
  readonly results: readonly TargetResult[];
}

export interface AppliedPlan {
  readonly steps: readonly AppliedStep[];
  /** Resolves once every process that was started has come up or failed to. */
  readonly settled: Promise<readonly TargetResult[]>;
}

/** What is told of a step that could not be carried out. */
export function failedStep({ action, error }: AppliedStep): TargetResult {
  return { target: targetOf(action), process: undefined, outcome: 'failed', message: error };
}

/** The process that the step is about, or else its process group. */
export function targetOf(action: PlannedAction): string {
  if ('spec' in action) return formatNamespec(action.spec);
  if ('process' in action) return formatNamespec(action.process);
  return 'group' in action ? action.group.name : action.name;
}

export async function applyPlan(
  supervisor: Pick<Supervisor, 'apply'>,
  plan: readonly PlannedAction[],
  layer: Layer,
): Promise<AppliedPlan> {
  const steps: AppliedStep[] = [];
  const settling: Promise<readonly TargetResult[]>[] = [];
  for (const action of plan) {
    try {
      const applied = await supervisor.apply(action, layer);
      settling.push(applied.settled);
      steps.push({ action, error: '', results: applied.results });
    } catch (error) {
      steps.push({ action, error: messageOf(error), results: [] });
    }
  }
  return { steps, settled: Promise.all(settling).then((results) => results.flat()) };
}
