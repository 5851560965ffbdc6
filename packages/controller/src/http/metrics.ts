/** What the controller tells Prometheus. Counted where it happens (`StoreMetrics`), or looked up when asked. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isClockOff } from '../fleet/clock-skew.ts';
import { type HostView, presences } from '../fleet/host-view.ts';
import { loadLevels } from '../fleet/load-level.ts';
import { everyHost } from '../fleet/scope.ts';
import type { Fleet } from '../start-fleet.ts';

/** What is counted as it passes into the store. */
export interface StoreMetrics {
  readonly registry: Registry;
  readonly operations: Histogram<'operation'>;
  readonly events: Counter<'kind'>;
  readonly crashes: Counter;
  readonly commands: Counter<'outcome'>;
  readonly rollouts: Counter<'state'>;
}

const states = ['STOPPED', 'STARTING', 'RUNNING', 'BACKOFF', 'STOPPING', 'EXITED', 'FATAL', 'UNKNOWN'] as const;

/** Hosts whose processes are counted in one go before other work has its turn. */
const hostsAtOnce = 100;

export function createMetrics(): StoreMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    operations: new Histogram({
      name: 'fleet_store_operation_seconds',
      help: 'How long operations of the store took.',
      labelNames: ['operation'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
      registers,
    }),
    events: new Counter({
      name: 'fleet_events_stored_total',
      help: 'Events added to the central history, by kind.',
      labelNames: ['kind'],
      registers,
    }),
    crashes: new Counter({ name: 'fleet_crashes_total', help: 'Crashes of processes on all hosts.', registers }),
    commands: new Counter({
      name: 'fleet_command_results_total',
      help: 'What came of commands on hosts, as it was told; unknown is not counted again once settled.',
      labelNames: ['outcome'],
      registers,
    }),
    rollouts: new Counter({
      name: 'fleet_rollouts_ended_total',
      help: 'Rollouts that have ended, by the state they ended in.',
      labelNames: ['state'],
      registers,
    }),
  };
}

/** Adds what is looked up in the fleet whenever the page is asked for. */
export function addFleetMetrics(registry: Registry, fleet: Fleet): void {
  const registers = [registry];
  const { live, rollouts } = fleet;
  new Gauge({
    name: 'fleet_hosts',
    help: 'Hosts by presence.',
    labelNames: ['presence'],
    registers,
    collect() {
      const hosts = live.hosts(everyHost);
      for (const presence of presences) {
        this.set({ presence }, hosts.filter((host) => host.presence === presence).length);
      }
    },
  });
  new Gauge({
    name: 'fleet_sessions',
    help: 'Hosts with a session.',
    registers,
    collect() {
      this.set(live.hosts(everyHost).filter((host) => host.isConnected).length);
    },
  });
  new Gauge({
    name: 'fleet_hosts_clock_off',
    help: 'Hosts whose clock is off by more than two seconds for certain.',
    registers,
    collect() {
      this.set(live.hosts(everyHost).filter((host) => isClockOff(host.clock)).length);
    },
  });
  new Gauge({
    name: 'fleet_host_clock_skew_seconds',
    help: "The host's clock minus the controller's, of hosts whose clock is off.",
    labelNames: ['host'],
    registers,
    collect() {
      this.reset();
      for (const { name: host, clock } of live.hosts(everyHost)) {
        if (isClockOff(clock)) this.set({ host }, Number(clock.skewUs) / 1e6);
      }
    },
  });
  new Gauge({
    name: 'fleet_hosts_claimed_twice',
    help: 'Hosts whose identity or name another machine has claimed within ten minutes.',
    registers,
    collect() {
      this.set(live.hosts(everyHost).filter((host) => host.rival !== undefined).length);
    },
  });
  new Gauge({
    name: 'fleet_processes',
    help: 'Processes by state; those of a host of which nothing is known now are UNKNOWN.',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = await countStates(fleet, live.hosts(everyHost));
      for (const state of states) this.set({ state }, counts.get(state) ?? 0);
    },
  });
  new Gauge({
    name: 'fleet_load_level',
    help: 'What is left undone for want of time: 0 nothing, 1 logs, 2 process tables too, 3 new sessions too.',
    registers,
    collect() {
      this.set(loadLevels.indexOf(fleet.load.level));
    },
  });
  new Counter({
    name: 'fleet_sessions_refused_total',
    help: 'Hosts that asked for a session and got none, by why.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of fleet.door.refused) this.inc({ reason }, count);
    },
  });
  new Gauge({
    name: 'fleet_store_refuses_writes',
    help: '1 while the disk took nothing of what was last written; nothing is acknowledged then.',
    registers,
    collect() {
      this.set(fleet.watch.isTroubled ? 1 : 0);
    },
  });
  new Gauge({
    name: 'fleet_rollouts_running',
    help: 'Rollouts under way.',
    registers,
    collect() {
      this.set(rollouts.runningCount);
    },
  });
}

async function countStates(fleet: Fleet, hosts: readonly HostView[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [index, { hostId }] of hosts.entries()) {
    if (index % hostsAtOnce === hostsAtOnce - 1) await new Promise((resolve) => setImmediate(resolve));
    for (const { state } of fleet.live.processes(hostId)?.processes ?? []) {
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
  }
  return counts;
}
