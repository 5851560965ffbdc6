/** People at terminals: they push config files and give commands, and remember what they were told. */
import { FleetError } from '@fleetvisor/primitives';
import type { Action, Outcome } from '../../packages/controller/src/fleet/action.ts';
import type { RolloutStep } from '../../packages/controller/src/rollout/rollout-step.ts';
import type { RolloutState } from '../../packages/controller/src/store/rollouts.ts';
import { fleetFile, groupOf } from './plan/config-files.ts';
import type { World } from './world.ts';

export type PushEnd = RolloutState | 'unchanged' | 'refused' | 'lost';

const commandTimeoutMs = 30_000;

export class People {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** `fleetctl config push`, to its end; never resolves when the controller dies meanwhile. */
  async push(file: string, version: number, isBroken: boolean): Promise<PushEnd> {
    const { controller, plan, trace } = this.#world;
    const fleet = controller.fleet;
    if (fleet === undefined) return 'lost';
    const group = groupOf[file] ?? 'every';
    const steps = fleet.rollouts.push({
      ...{ file, message: '', parent: undefined, author: 'ada', dryRun: false, allowEmpty: true, timeoutMs: 0 },
      content: new TextEncoder().encode(fleetFile(plan.seed, file, version, isBroken)),
      selector: { hosts: [], hostGroups: [group], labels: [], all: false },
    });
    let end: PushEnd = 'lost';
    try {
      for await (const step of steps) {
        if (step.kind === 'refused') end = 'refused';
        if (step.kind === 'planned' && step.unchanged) end = 'unchanged';
        if (step.kind === 'planned') trace.tell('ada', `pushes ${file} to ${step.targets.join(', ') || 'nobody'}`);
        if (step.kind === 'host') trace.tell('ada', `${file} on ${step.host}: ${step.state}${whyOf(step)}`);
        if (step.kind === 'ended') end = step.state;
      }
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
    }
    trace.tell('ada', `her push of ${file}: ${end}`);
    return end;
  }

  /** `fleetctl stop` and the like, to its end. @returns what it was told, of each host that is known */
  async command(action: Action, hosts: readonly number[]): Promise<readonly Outcome[]> {
    const { controller, trace, observers } = this.#world;
    const fleet = controller.fleet;
    const known = new Set(fleet?.live.hosts({ hosts: [], hostGroups: [], labels: [] }).map(({ hostId }) => hostId));
    const hostIds = hosts.map((number) => this.#world.host(number).hostId).filter((hostId) => known.has(hostId));
    const outcomes: Outcome[] = [];
    if (fleet === undefined || hostIds.length === 0) return outcomes;
    const targets = 'targets' in action ? ` ${action.targets.join(' ')}` : '';
    trace.tell('bob', `${action.verb}${targets} on ${hosts.map((n) => `web${n}`).join(', ')}`);
    const results = fleet.commands.run({ hostIds, action, actor: 'bob', reason: '', timeoutMs: commandTimeoutMs });
    try {
      for await (const { commandId, hostId, host, outcome } of results) {
        trace.tell('bob', `${action.verb} on ${host}: ${outcome}`);
        observers.commandAnswered(commandId, hostId, outcome);
        outcomes.push(outcome);
      }
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      trace.tell('bob', `${action.verb} came to nothing: ${error.code}`);
    }
    return outcomes;
  }
}

function whyOf({ problems, results }: RolloutStep & { kind: 'host' }): string {
  const failed = results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ target, message }) => `${target} ${message}`);
  const all = [...problems.map(({ message }) => message), ...failed];
  return all.length === 0 ? '' : ` (${all.join('; ')})`;
}
