/**
 * What a host tells of a command is so: that it does not know is said only by one whose agent has ended over it; that it was
 * upgraded only by one that was; and each command is one event, whoever asks again.
 */
import { EventBody } from '@fleetvisor/protocol/common';
import type { SimulatedHost } from '../host/simulated-host.ts';
import { CentralHistory } from './central-history.ts';
import type { MakeChecker } from './checker.ts';
import { firstOf, recordedBy } from './nothing-lost-or-doubled.ts';

export const commandsAreToldTruly: MakeChecker = (world) => {
  const history = new CentralHistory(world.controller);
  /** By command and host. */
  const begunAtMs = new Map<string, number>();
  const unwritten = new Set<string>();
  const replaced = new Set<string>();
  const upgrades = new Set<string>();
  const keyOf = (commandId: string, host: number) => `${commandId} ${host}`;
  const mayNotKnow = (key: string, { deaths, replacedAtMs }: SimulatedHost) => {
    const fromMs = begunAtMs.get(key) ?? Number.NEGATIVE_INFINITY;
    return (
      unwritten.has(key) || deaths.some(({ atMs }) => atMs >= fromMs) || replacedAtMs.some((atMs) => atMs >= fromMs)
    );
  };
  const wrongOf = (host: SimulatedHost): string | undefined => {
    for (const { commandId, hostId, outcome } of history.commands()) {
      if (hostId !== host.hostId) continue;
      const key = keyOf(commandId, host.number);
      const which = `${host.name}: command ${commandId}`;
      if (outcome === 'unknown' && !mayNotKnow(key, host))
        return `${which} is unknown to an agent that lived all the time`;
      if (upgrades.has(key) && outcome === 'ok' && !replaced.has(key))
        return `${which}, an upgrade, is ok, and nothing was replaced`;
    }
    const ids = doneCommands(host);
    const twice = ids.find((id, i) => ids.indexOf(id) !== i);
    return twice && `${host.name}: that command ${twice} is done is told twice`;
  };
  return {
    name: 'what is told of a command is true',
    observer: {
      commandBegun: (host, commandId, verb) => {
        const key = keyOf(commandId, host);
        begunAtMs.set(key, world.timeline.nowMs);
        if (verb === 'upgrade') upgrades.add(key);
        if (world.host(host).disk.isFull) unwritten.add(key);
      },
      replaced: (host, commandId) => {
        if (commandId !== undefined) replaced.add(keyOf(commandId, host));
      },
    },
    atRest: () => firstOf(world.hosts, wrongOf),
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
};

function doneCommands(host: SimulatedHost): readonly string[] {
  return recordedBy(host).flatMap(({ body }) => {
    const { kind } = EventBody.decode(body);
    return kind?.$case === 'commandDone' ? [kind.value.commandId] : [];
  });
}
