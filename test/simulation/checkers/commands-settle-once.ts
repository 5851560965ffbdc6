/**
 * A command is carried out at most once on a host, and never after its time; it has one outcome there in the end, and the
 * outcome is what happened, whatever died or lost its power over it.
 */
import { CentralHistory } from './central-history.ts';
import type { MakeChecker } from './checker.ts';

/** Of a command that has done something, and of one that has not. */
const doneOutcomes = new Set(['ok', 'no-change', 'failed', 'no-match']);
const undoneOutcomes = new Set(['cancelled', 'host-offline', 'expired', 'rejected']);

export const commandsSettleOnce: MakeChecker = (world) => {
  const name = 'a command settles once';
  const history = new CentralHistory(world.controller);
  /** By command and host: how often it was begun, and what whoever gave it was told. */
  const begun = new Map<string, number>();
  const answered = new Map<string, string>();
  /** Carried out all the same though its disk took no word of it: such a host may not know afterwards. */
  const unwritten = new Set<string>();
  /** By the same: until when it may be begun. */
  const latestMs = new Map<string, number>();
  const wrongOf = ({ commandId, hostId, outcome }: ReturnType<CentralHistory['commands']>[number]) => {
    const host = world.hosts.find((each) => each.hostId === hostId);
    const key = `${commandId} ${hostId}`;
    const times = begun.get(key) ?? 0;
    const said = answered.get(key);
    const which = `${host?.name}: command ${commandId}`;
    if (outcome === '' || outcome === 'unknown-outcome') return `${which} is not settled`;
    if (unwritten.has(key)) return undefined;
    if (said !== undefined && !isSame(said, outcome)) return `${which} is ${outcome}, said was ${said}`;
    if (doneOutcomes.has(outcome) && times === 0) return `${which} is ${outcome}, and was never begun`;
    // An update is begun, and then rejected for the errors in its file.
    if (undoneOutcomes.has(outcome) && outcome !== 'rejected' && times > 0)
      return `${which} is ${outcome}, and was begun`;
    return undefined;
  };
  return {
    name,
    observer: {
      commandCame: (host, commandId, ttlMs) => {
        const key = `${commandId} ${world.host(host).hostId}`;
        if (!latestMs.has(key)) latestMs.set(key, world.timeline.nowMs + ttlMs);
      },
      commandBegun: (host, commandId) => {
        const key = `${commandId} ${world.host(host).hostId}`;
        const times = (begun.get(key) ?? 0) + 1;
        begun.set(key, times);
        if (world.host(host).disk.isFull) unwritten.add(key);
        const lateMs = world.timeline.nowMs - (latestMs.get(key) ?? 0);
        if (lateMs > 0) world.violated(name, `web${host}: command ${commandId} is begun ${lateMs} ms after its time`);
        if (times > 1) world.violated(name, `web${host}: command ${commandId} is begun for the ${times}th time`);
      },
      commandAnswered: (commandId, hostId, outcome) => {
        const key = `${commandId} ${hostId}`;
        if (answered.has(key)) world.violated(name, `command ${commandId} was answered twice for ${hostId}`);
        answered.set(key, outcome);
      },
    },
    atRest: () => {
      for (const command of history.commands()) {
        const wrong = wrongOf(command);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    },
    [Symbol.dispose]: () => history[Symbol.dispose](),
  };
};

/**
 * Somebody may be told before it is written down; a controller that is killed in between asks the host anew, and hears in
 * other words that nothing was done.
 */
function isSame(said: string, outcome: string): boolean {
  return said === 'unknown' || said === outcome || (undoneOutcomes.has(said) && undoneOutcomes.has(outcome));
}
