/** The course of a rollout, in the contract's messages. */
import type { RolloutProgress } from '@fleetvisor/protocol/api';
import type { RolloutStep } from '../rollout/runner.ts';
import { problemToWire } from '../wire/problem.ts';
import { revisionToWire, rolloutStateToWire, targetResultToWire, taskStateToWire } from './to-wire.ts';

/** No revision is stable before its rollout has ended. */
const noneIsStable = 0n;

export function rolloutStepToWire(step: RolloutStep): RolloutProgress {
  switch (step.kind) {
    case 'planned':
      return {
        step: {
          $case: 'planned',
          value: {
            rolloutId: step.rolloutId,
            revision: revisionToWire(step.revision, noneIsStable, 'no content'),
            targets: [...step.targets],
            offline: [...step.offline],
            unchanged: step.unchanged,
          },
        },
      };
    case 'host':
      return {
        step: {
          $case: 'host',
          value: {
            hostId: step.hostId,
            host: step.host,
            state: taskStateToWire(step.state),
            problems: step.problems.map(problemToWire),
            results: step.results.map(targetResultToWire),
            to: step.to,
          },
        },
      };
    case 'ended': {
      const { rolloutId, state, reason } = step;
      return { step: { $case: 'ended', value: { rolloutId, state: rolloutStateToWire(state), reason } } };
    }
    case 'refused':
      return { step: { $case: 'refused', value: { problems: step.problems.map(problemToWire) } } };
  }
}
