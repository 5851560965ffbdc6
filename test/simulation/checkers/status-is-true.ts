/**
 * The controller says RUNNING only of what runs, or did within the lease of its host: after that it says UNKNOWN. In the end
 * what it says is how things are.
 */
import { formatNamespec } from '@fleetvisor/config';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { MakeChecker } from './checker.ts';
import { firstOf } from './nothing-lost-or-doubled.ts';

/**
 * How old a status may be that is still shown as true: the longest lease (of a heartbeat every 18 s: 55 s) from when its host
 * lived for certain, and what an agent needs to notice and tell (a second at most for a child that is not its own).
 */
const staleMsMax = 55_000 + 2_000;

export const statusIsTrue: MakeChecker = (world) => {
  const shown = ({ hostId }: SimulatedHost) => world.controller.fleet?.live.processes(hostId)?.processes ?? [];
  return {
    name: 'status is true',
    tick: () =>
      firstOf(world.hosts, (host) => {
        for (const { process, state } of shown(host)) {
          if (state !== 'RUNNING') continue;
          const label = formatNamespec(process);
          const staleMs = world.timeline.nowMs - host.os.lastAliveMs(label);
          if (staleMs <= staleMsMax) continue;
          return `${host.name}: ${label} is shown as RUNNING, and has not been alive for ${Math.round(staleMs)} ms`;
        }
        return undefined;
      }),
    atRest: () =>
      firstOf(world.hosts, (host) => {
        const told = new Map(shown(host).map(({ process, state, pid }) => [formatNamespec(process), { state, pid }]));
        for (const { label, pid } of host.os.living) {
          const status = told.get(label);
          if (status?.pid !== pid) return `${host.name}: ${label} runs as pid ${pid}, shown is pid ${status?.pid}`;
          if (status.state === 'UNKNOWN') return `${host.name}: ${label} is shown as UNKNOWN`;
        }
        for (const [label, { state }] of told) {
          if (state === 'RUNNING' && host.os.livingOf(label).length === 0)
            return `${host.name}: ${label} is shown as RUNNING, and does not run`;
        }
        return undefined;
      }),
  };
};
