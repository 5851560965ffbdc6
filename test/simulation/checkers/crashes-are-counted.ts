/**
 * Of what dies over and over every crash is counted, though not each is told by itself: as long as its agent lives, and when
 * another version goes on with it, none is missing and none is made up.
 */
import { EventBody } from '@fleetvisor/protocol/common';
import { kindOf } from '../host/behaviours.ts';
import type { Child } from '../host/fake-os.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { MakeChecker } from './checker.ts';
import { firstOf, recordedBy } from './nothing-lost-or-doubled.ts';

/** Of a minute that is not over yet no more may be told than its first ten. */
const windowMs = 61_000;

export const crashesAreCounted: MakeChecker = (world) => {
  const wrongOf = (host: SimulatedHost): string | undefined => {
    if (host.deaths.length > 0) return undefined;
    const told = toldCrashes(host);
    for (const [label, crashes] of Map.groupBy(host.os.diary.filter(isCrash), (child) => child.label)) {
      const certain = crashes.filter(({ endedAtMs = 0 }) => endedAtMs < world.timeline.nowMs - windowMs).length;
      const count = told.get(label) ?? 0;
      if (count < certain || count > crashes.length)
        return `${host.name}: ${count} crashes of ${label} are told, and there were ${crashes.length}, ${certain} of them over a minute ago`;
    }
    return undefined;
  };
  return { name: 'every crash is counted', atRest: () => firstOf(world.hosts, wrongOf) };
};

function isCrash({ name, exit, isSignalled }: Child): boolean {
  return kindOf(name.name) === 'hot' && !isSignalled && exit?.kind === 'code' && exit.code !== 0;
}

/** By `group:name`, or short. */
function toldCrashes(host: SimulatedHost): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const { body } of recordedBy(host)) {
    const { kind } = EventBody.decode(body);
    if (kind?.$case !== 'crash' && kind?.$case !== 'crashRepeat') continue;
    const { group = '', name = '' } = kind.value.process ?? {};
    const label = group === name ? name : `${group}:${name}`;
    const count = kind.$case === 'crash' ? 1 : Number(kind.value.count);
    told.set(label, (told.get(label) ?? 0) + count);
  }
  return told;
}
