/** The end of everything, in order: group after group from the highest priority down, each waiting for the one before it. */
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import { type MainLog, waitingToDie } from './main-log-lines.ts';
import { shutdownOrder } from './order.ts';
import { isStopped } from './process/state.ts';
import type { ProcessGroup } from './process-table.ts';
import { stopVerdict } from './verdicts.ts';

/** As in Supervisor. */
const reportMs = 3000;

export interface ShutdownWorld {
  readonly clock: Clock;
  readonly schedule: Clock['schedule'];
  readonly mainLog: MainLog;
  /** What a process group still has to do before it can be stopped after others; bounded. */
  readonly beforeStop?: ((group: string) => Promise<void>) | undefined;
}

/** Stops all processes of the groups; resolves once the last is in the stopped set. */
export async function stopInOrder(world: ShutdownWorld, groups: readonly ProcessGroup[]): Promise<void> {
  let reports: Timer | undefined;
  let isFirst = true;
  for (const processes of shutdownOrder(groups)) {
    const [some] = processes;
    if (!isFirst && some !== undefined) await world.beforeStop?.(some.name.group);
    isFirst = false;
    for (const process of processes) process.feed({ kind: 'stop', cause: 'shutdown' });
    reports ??= reportWhileAlive(world, groups);
    await Promise.all(processes.map((process) => process.until(stopVerdict)));
  }
  reports?.cancel();
}

/** Says now and then who is still alive. */
function reportWhileAlive(world: ShutdownWorld, groups: readonly ProcessGroup[]): Timer {
  const processes = groups.flatMap((group) => group.processes);
  let timer: Timer | undefined;
  const report = () => {
    const alive = processes.filter(({ state }) => !isStopped(state)).map(({ name }) => name.name);
    if (alive.length === 0) return;
    const { level, text } = waitingToDie(alive);
    world.mainLog.log(level, text);
    timer = world.schedule(after(world.clock.now(), reportMs), report);
  };
  report();
  return { cancel: () => timer?.cancel() };
}
