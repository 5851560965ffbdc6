/**
 * What programs really did is what was recorded of them: every run that an agent has started and outlived by a moment is
 * told with its number and pid, and no run is told that never was.
 */
import { EventBody } from '@fleetvisor/protocol/common';
import { writebackMs } from '../host/agent-disk.ts';
import { kindOf } from '../host/behaviours.ts';
import type { Child } from '../host/fake-os.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { Plan } from '../plan/plan.ts';
import type { MakeChecker } from './checker.ts';
import { firstOf, recordedBy } from './nothing-lost-or-doubled.ts';

/** Until then what was recorded is on the disk. */
export const momentMs = 2_000;
/** The same of a host whose disk is full for a while, or whose engine is frozen. */
export const troubledMs = 130_000;
/** Until a run is told with its pid: when it is up. */
const upMs = 5_000;
const windowMs = 60_000;
const toldMax = 10;

export const diaryIsTold: MakeChecker = (world) => {
  const troubled = troubledHosts(world.plan);
  const wrongOf = (host: SimulatedHost): string | undefined => {
    const told = toldRuns(host);
    const real = new Set(host.os.diary.map(({ label, pid }) => `${label} ${pid}`));
    const invented = [...told].find((run) => !real.has(run));
    if (invented !== undefined) return `${host.name}: a run is told that never was: ${invented}`;
    const withinMs = troubled.has(host.number) ? troubledMs : momentMs;
    const missing = host.os.diary.find((child) => {
      const { label, pid, startedAtMs } = child;
      if (told.has(`${label} ${pid}`) || isOneOfMany(child, host)) return false;
      const isLate = (atMs: number, ms: number) => atMs > startedAtMs + ms;
      const { nowMs } = world.timeline;
      const isLost = host.deaths.some(({ atMs, isPowerCut }) => {
        return atMs >= startedAtMs && !isLate(atMs, isPowerCut ? writebackMs + Math.max(upMs, withinMs) : withinMs);
      });
      return isLate(nowMs, withinMs) && !isLost;
    });
    return missing && `${host.name}: run ${missing.run} of ${missing.label} (pid ${missing.pid}) is told nowhere`;
  };
  return { name: 'what programs did is told', atRest: () => firstOf(world.hosts, wrongOf) };
};

/** Of what ends over and over only the first ten runs of a minute are told one by one. */
function isOneOfMany({ name, label, startedAtMs }: Child, { os }: SimulatedHost): boolean {
  if (kindOf(name.name) === 'hot') return true;
  const ends = os.diary.filter(({ label: other, endedAtMs = Number.POSITIVE_INFINITY }) => {
    return other === label && endedAtMs <= startedAtMs && endedAtMs > startedAtMs - windowMs;
  });
  return ends.length >= toldMax;
}

/** As `label pid`. */
function toldRuns(host: SimulatedHost): ReadonlySet<string> {
  const told = new Set<string>();
  for (const { body } of recordedBy(host)) {
    const { kind } = EventBody.decode(body);
    if (kind?.$case !== 'transition' || kind.value.pid === 0) continue;
    const { group = '', name = '' } = kind.value.process ?? {};
    told.add(`${group === name ? name : `${group}:${name}`} ${kind.value.pid}`);
  }
  return told;
}

/** Whose disk is full for a while, or whose engine is frozen. */
export function troubledHosts({ items }: Plan): ReadonlySet<number> {
  const hosts = items.flatMap(({ happening }) => {
    return happening.kind === 'agentDiskFull' || happening.kind === 'engineFrozen' ? [happening.host] : [];
  });
  return new Set(hosts);
}
