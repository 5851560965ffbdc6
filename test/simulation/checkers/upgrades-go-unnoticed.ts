/**
 * An agent that is replaced in place is noticed by no program: each that ran runs on, and nobody has signalled any before
 * somebody could ask for it. In the history each life that began so is told as what it was.
 */
import { EventBody, PreviousEnd } from '@fleetvisor/protocol/common';
import type { Child } from '../host/fake-os.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { MakeChecker } from './checker.ts';
import { firstOf, recordedBy } from './nothing-lost-or-doubled.ts';

export const upgradesGoUnnoticed: MakeChecker = (world) => {
  const name = 'an upgrade goes unnoticed';
  /** By host: what ran, and was not being ended. */
  const ran = new Map<number, readonly Child[]>();
  const replacedTimes = new Map<number, number>();
  const wrongOf = (host: SimulatedHost): string | undefined => {
    const ends = lifeEnds(host);
    const upgrades = ends.filter((end) => end === PreviousEnd.UPGRADE).length;
    const times = replacedTimes.get(host.number) ?? 0;
    if (upgrades > times) return `${host.name}: ${upgrades} upgrades are told, ${times} were`;
    const crashes = ends.filter((end) => end === PreviousEnd.CRASH).length;
    const kills = host.deaths.filter(({ isPowerCut }) => !isPowerCut).length;
    return crashes > kills ? `${host.name}: ${crashes} crashes of its agent are told, ${kills} were` : undefined;
  };
  return {
    name,
    observer: {
      replaced: (host) => {
        ran.set(
          host,
          world.host(host).os.living.filter((child) => !child.isSignalled),
        );
        replacedTimes.set(host, (replacedTimes.get(host) ?? 0) + 1);
      },
      goesOn: (host) => {
        const signalled = ran.get(host)?.find((child) => child.isSignalled);
        if (signalled !== undefined)
          world.violated(name, `web${host}: ${signalled.label} (pid ${signalled.pid}) was signalled`);
      },
    },
    atRest: () => firstOf(world.hosts, wrongOf),
  };
};

/** Of the lives of its agent that are told: how the one before each has ended. */
function lifeEnds(host: SimulatedHost): readonly PreviousEnd[] {
  return recordedBy(host).flatMap(({ body }) => {
    const { kind } = EventBody.decode(body);
    return kind?.$case === 'agentStarted' ? [kind.value.previousEnd] : [];
  });
}
