/** Makes one thing of a plan happen, now. */
import { assertNever } from '@fleetvisor/primitives';
import type { Action } from '../../../packages/controller/src/fleet/action.ts';
import type { World } from '../world.ts';
import { ownConfig } from './config-files.ts';
import type { Happening } from './plan.ts';

export function makeHappen(world: World, happening: Happening): void {
  const { controller, network, trace, timeline, people, plan } = world;
  switch (happening.kind) {
    case 'push':
      return void people.push(happening.file, happening.version, happening.isBroken);
    case 'command':
      return void people.command(actionOf(happening), happening.hosts);
    case 'programEnds': {
      const { living } = world.host(happening.host).os;
      const child = living[happening.nth % living.length];
      if (child !== undefined) world.host(happening.host).os.end(child, { kind: 'code', code: happening.code });
      return undefined;
    }
    case 'ownFileEdited': {
      const { host, version, flaw } = happening;
      return world.host(host).edit(ownConfig(plan.seed, host, version, flaw), `version ${version}, flaw: ${flaw}`);
    }
    case 'ownUpdate':
      return void world.host(happening.host).update();
    case 'ownReload':
      return void world.host(happening.host).reload();
    case 'agentUpgraded': {
      const host = world.host(happening.host);
      host.versions.install(happening.flaw);
      if (happening.by === 'door') return void host.upgrade();
      return void people.command({ verb: 'upgrade' }, [happening.host]);
    }
    case 'agentKilled':
      return world.host(happening.host).kill(happening, happening.backAfterMs);
    case 'agentStopped':
      return void world.host(happening.host).stop(happening.backAfterMs);
    case 'engineFrozen':
      return world.host(happening.host).freeze(happening.forMs);
    case 'linkKilled':
      return world.host(happening.host).killLink();
    case 'powerCut':
      return world.host(happening.host).powerCut(happening.backAfterMs);
    case 'powerCutOverWrite':
      return world.host(happening.host).powerCutOver(happening, happening.backAfterMs);
    case 'agentDiskFull': {
      const { disk, name } = world.host(happening.host);
      trace.tell(name, 'the disk is full');
      disk.isFull = true;
      timeline.after(happening.forMs, () => {
        trace.tell(name, 'the disk has room again');
        disk.isFull = false;
      });
      return undefined;
    }
    case 'clockStepped':
      trace.tell(`web${happening.host}`, `the wall clock is stepped by ${happening.byMs} ms`);
      return world.host(happening.host).stepWallClock(happening.byMs);
    case 'connectionCut':
      trace.tell(`web${happening.host}`, 'its connection is cut');
      return network.cut(happening.host);
    case 'partition':
      trace.tell(`web${happening.host}`, `nothing passes (${happening.direction}) for ${happening.forMs} ms`);
      return network.partition(happening.host, happening.direction, happening.forMs);
    case 'controllerKilled':
      return controller.kill(happening, happening.backAfterMs);
    case 'controllerStopped':
      return void controller.stop(happening.backAfterMs);
    case 'controllerFrozen':
      // Its kernel still takes what comes; nobody answers a ping.
      for (const { number } of world.hosts) network.partition(number, 'both', happening.forMs);
      return controller.freeze(happening.forMs);
    case 'controllerBackedUp':
      return controller.backUp();
    case 'controllerRestored':
      return controller.restore(happening.how);
    case 'controllerClockStepped':
      trace.tell('controller', `the wall clock is stepped by ${happening.byMs} ms`);
      return controller.stepWallClock(happening.byMs);
    case 'storeFull':
      return forAWhile(world, 'isFull', 'the disk is full', happening.forMs);
    case 'storeSlow':
      return forAWhile(world, 'isSlow', 'the disk is slow', happening.forMs);
    case 'storeForgets':
      return forAWhile(world, 'forgets', 'answers of the store get lost', happening.forMs);
    default:
      return assertNever(happening);
  }
}

function actionOf({ verb, target }: Happening & { kind: 'command' }): Action {
  if (verb === 'reread') return { verb };
  return verb === 'update' ? { verb, groups: [] } : { verb, targets: [target] };
}

function forAWhile(world: World, what: 'isFull' | 'isSlow' | 'forgets', told: string, forMs: number): void {
  const { controller, trace, timeline } = world;
  trace.tell('controller', `${told} for ${forMs} ms`);
  controller.disk[what] = true;
  timeline.after(forMs, () => {
    controller.disk[what] = false;
  });
}
