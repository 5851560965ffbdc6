/**
 * How a program has ended is told as it was; as unknown only where nobody could learn it, because its agent was killed while
 * it ran or before it could write down what it had heard.
 */
import { EventBody, type Exit as ToldExit } from '@fleetvisor/protocol/common';
import type { Exit } from '../../../packages/agent/src/supervision/process/exit.ts';
import type { Child } from '../host/fake-os.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { MakeChecker } from './checker.ts';
import { momentMs, troubledHosts, troubledMs } from './diary-is-told.ts';
import { firstOf, recordedBy } from './nothing-lost-or-doubled.ts';

export const exitsAreTrue: MakeChecker = (world) => {
  const troubled = troubledHosts(world.plan);
  const wrong = (host: SimulatedHost) => wrongOf(host, troubled.has(host.number) ? troubledMs : momentMs);
  return { name: 'exits are told as they were', atRest: () => firstOf(world.hosts, wrong) };
};

/** @param withinMs what is heard is written down */
function wrongOf(host: SimulatedHost, withinMs: number): string | undefined {
  const children = Map.groupBy(host.os.diary, ({ label, pid }) => `${label} ${pid}`);
  const mayBeLost = ({ isOrphan, endedAtMs = Number.POSITIVE_INFINITY }: Child) => {
    return isOrphan || host.deaths.some(({ atMs }) => atMs >= endedAtMs && atMs <= endedAtMs + withinMs);
  };
  for (const { body } of recordedBy(host)) {
    const { kind } = EventBody.decode(body);
    if (kind?.$case !== 'transition' || kind.value.exit === undefined || kind.value.pid === 0) continue;
    const { process, pid, exit } = kind.value;
    const { group = '', name = '' } = process ?? {};
    const label = group === name ? name : `${group}:${name}`;
    const told = exit;
    // Pids come round: one of those that had it.
    if (children.get(`${label} ${pid}`)?.some((child) => isTrue(child, told, mayBeLost)) === true) continue;
    return `${host.name}: of ${label} (pid ${pid}) is told ${told.how?.$case} ${told.how?.value}, and that was not so`;
  }
  return undefined;
}

function isTrue(child: Child, { how }: ToldExit, mayBeLost: (child: Child) => boolean): boolean {
  if (how?.$case === 'unknown') return mayBeLost(child);
  const { exit } = child;
  return exit !== undefined && how !== undefined && exit.kind === how.$case && numberOf(exit) === how.value;
}

function numberOf(exit: Exit): number | undefined {
  if (exit.kind === 'code') return exit.code;
  return exit.kind === 'signal' ? exit.number : undefined;
}
