/**
 * What changes the one layer of a host touches no program of the other: an update leaves alone what the fleet has given, and a
 * push what is the host's own.
 */
import type { Layer } from '../../../packages/agent/src/supervision/status.ts';
import { kindOf, lastingKinds } from '../host/behaviours.ts';
import type { Child } from '../host/fake-os.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import type { MakeChecker } from './checker.ts';

export const layersStayApart: MakeChecker = (world) => {
  const name = 'the layers of a host stay apart';
  /** What must live on, with its host. */
  let others: readonly (readonly [SimulatedHost, Child])[] = [];
  return {
    name,
    observer: {
      layerChanges: (layer) => {
        others = world.hosts.flatMap((host) => {
          const own = groupsIn(host, layer === 'local' ? 'fleet' : 'local');
          return host.os.living
            .filter((child) => own.has(child.name.group) && lasts(child))
            .map((child) => [host, child]);
        });
      },
      layerChanged: (layer) => {
        for (const [host, { label, pid, endedAtMs }] of others) {
          if (endedAtMs !== undefined)
            world.violated(name, `${host.name}: ${label} (pid ${pid}) ended, and what changed was the ${layer} layer`);
        }
      },
    },
  };
};

/** It does not end by itself. */
function lasts({ name }: Child): boolean {
  const kind = kindOf(name.name);
  const lasting: readonly string[] = lastingKinds;
  return kind !== 'flaky' && lasting.includes(kind);
}

/** As they are written down. */
function groupsIn(host: SimulatedHost, layer: Layer): ReadonlySet<string> {
  const rows = host.db?.sql.prepare('SELECT name FROM active_groups WHERE layer = ?').all(layer) ?? [];
  return new Set(rows.map((row) => String(row.name)));
}
