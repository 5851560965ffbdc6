/** The first process groups of an agent's life: both layers together in Supervisor's start order. */
import { formatNamespec, type ProcessGroupSpec } from '@fleetvisor/config';
import { byPriority } from '../supervision/order.ts';
import type { Layer, ProcessName } from '../supervision/status.ts';
import type { Supervisor } from '../supervision/supervisor.ts';

/** @param stopped what a person had stopped in an earlier life that ended in a crash: it stays down */
export function startGroups(
  supervisor: Pick<Supervisor, 'addGroup'>,
  local: readonly ProcessGroupSpec[],
  fleet: readonly ProcessGroupSpec[],
  stopped: readonly ProcessName[],
): void {
  const down = new Set(stopped.map(formatNamespec));
  const ranked = [
    ...local.map((group) => ({ group, layer: 'local' as Layer, priority: group.priority })),
    ...fleet.map((group) => ({ group, layer: 'fleet' as Layer, priority: group.priority })),
  ];
  for (const { group, layer } of byPriority(ranked)) {
    supervisor.addGroup(group, layer, { stoppedByHand: (process) => down.has(formatNamespec(process)) });
  }
}
