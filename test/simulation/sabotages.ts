/** The breaks themselves: one for each checker, named for what is broken. Each is a mistake that somebody could make. */
import { uuidv7 } from '@fleetvisor/primitives';
import type { SessionRequest } from '@fleetvisor/protocol/link';
import { CommandLog } from '../../packages/agent/src/state/command-log.ts';
import type { AppendOutcome, EventStore } from '../../packages/controller/src/store/events.ts';
import { over } from './controller/forgetful-store.ts';
import { between, chanceOf, wholeBetween } from './engine/chance.ts';
import { epochUs } from './engine/life.ts';
import type { Plan, PlanItem } from './plan/plan.ts';
import type { Sabotage } from './sabotage.ts';

type Append = EventStore['append'];

const withAppend = (change: (real: Append) => Append): Sabotage => ({
  store: (store) => {
    const append = change((...args) => store.events.append(...args));
    return over(store, { events: over(store.events, { append }) });
  },
});

/** An acknowledgement goes out before the commit has come back. */
const acknowledgesTooEarly = withAppend((append) => async (source, events, receivedAtUs): Promise<AppendOutcome> => {
  append(source, events, receivedAtUs).catch(() => {}); // whatever becomes of it
  return { ackedSeq: events.at(-1)?.seq ?? 0n, stored: [], conflicts: [] };
});

/** What comes again is taken for new, as if no number were unique. */
const storesWhatComesAgain = withAppend((append) => {
  const seen = new Set<string>();
  const random = chanceOf(1, 'epochs');
  return async (source, events, receivedAtUs) => {
    const again = events.filter(({ seq }) => seen.has(`${source.hostId} ${source.epoch} ${seq}`));
    for (const { seq } of events) seen.add(`${source.hostId} ${source.epoch} ${seq}`);
    const outcome = await append(source, events, receivedAtUs);
    if (again.length > 0) await append({ ...source, epoch: uuidv7(epochUs, random) }, again, receivedAtUs);
    return outcome;
  };
});

/** The newest goes first. */
const sendsTheNewestFirst: Sabotage = {
  fromAgent: (_host, message): SessionRequest => {
    if (message.body?.$case !== 'events') return message;
    const { epoch, events } = message.body.value;
    return { body: { $case: 'events', value: { epoch, events: events.toReversed() } } };
  },
};

/** The spool gathers for twenty seconds before it writes. */
const writesLate: Sabotage = { spoolWaitMs: 20_000 };

/** Whatever an agent finds of the one before it, it begins afresh. */
const adoptsNothing: Sabotage = { traces: () => ({ find: () => [], isAlive: () => false }) };

/** Whoever has the pid now is taken for the program that had it. */
const looksAtPidAlone: Sabotage = {
  os: (os) => {
    os.looksAtPidAlone = true;
  },
};

/** The lease of a host never ends, for the controller takes its silence for life. */
const leaseNeverEnds: Sabotage = {
  fleet: ({ live }, life) => {
    const sessions = new Map<string, bigint>();
    const arrived = live.arrived.bind(live);
    live.arrived = (arrival) => {
      sessions.set(arrival.record.hostId, arrival.record.session);
      arrived(arrival);
    };
    live.streamEnded = () => {};
    const hear = () => {
      for (const [hostId, session] of sessions) live.heard(hostId, session, life.clock.now());
      life.after(1_000, hear);
    };
    hear();
  },
};

/** However long a heartbeat was on the way, it counts from when it came. */
const leaseFromReceipt: Sabotage = {
  fleet: ({ live }, life) => {
    const proven = live.proven.bind(live);
    live.proven = (hostId, session) => proven(hostId, session, life.clock.now());
  },
};

/** A file of what is offered gets lost, and nobody compares. */
const losesAFile: Sabotage = {
  fromController: (message) => {
    if (message.body?.$case !== 'configOffer') return message;
    const offer = message.body.value;
    return { body: { $case: 'configOffer', value: { ...offer, files: offer.files.slice(1) } } };
  },
};

/** Who returns is not given what it missed. */
const forgetsWhoReturns: Sabotage = {
  fleet: ({ rollouts, live }) => {
    const arrived = rollouts.hostArrived.bind(rollouts);
    rollouts.hostArrived = async (hostId) => {
      if (live.assignment(hostId) === undefined) await arrived(hostId);
    };
  },
};

/** A command that comes again is a new one. */
const forgetsCommands: Sabotage = {
  commandLog: (db, clock) => {
    const log = new CommandLog(db, clock);
    return over(log, { begin: () => ({ kind: 'new' }) });
  },
};

/** The agent sends as much as it likes. */
const ignoresTheWindow: Sabotage = {
  claimed: (message) => {
    if (message.body?.$case !== 'welcome') return message;
    return { body: { $case: 'welcome', value: { ...message.body.value, eventsInFlightMax: 2 } } };
  },
};

/** An agent that has once been there is not let in again. */
const comesOnce = (): Sabotage => {
  const hosts = new Set<number>();
  return {
    fromAgent: (host, message) => {
      if (message.body?.$case !== 'hello') return message;
      if (hosts.has(host)) return undefined;
      hosts.add(host);
      return message;
    },
  };
};

/** Somebody restarts everything every three seconds. */
const restless = (plan: Plan): Plan => {
  const hosts = plan.joinsAtMs.map((_, i) => i + 1);
  const times = Math.floor(plan.calmFromMs / 3_000);
  const restarts = Array.from({ length: times }, (_, i): PlanItem => {
    return { atMs: 3_000 * (i + 1), happening: { kind: 'command', verb: 'restart', target: 'all', hosts } };
  });
  return { ...plan, items: [...plan.items, ...restarts] };
};

/** Ways to the controller are blocked for almost as long as a connection lasts; whoever says nothing more meanwhile is frozen. */
const delayed = (plan: Plan): Plan => {
  const blockedMs = 25_000;
  const random = chanceOf(plan.seed, 'delayed');
  const items = plan.joinsAtMs.flatMap((_, i): PlanItem[] => {
    const host = i + 1;
    const atMs = between(random, 1_000, plan.calmFromMs);
    const nth = wholeBetween(random, 0, 5);
    return [
      { atMs, happening: { kind: 'partition', host, direction: 'to-controller', forMs: blockedMs } },
      { atMs: atMs + 5_000, happening: { kind: 'engineFrozen', host, forMs: 120_000 } },
      { atMs: atMs + 5_001, happening: { kind: 'programEnds', host, nth, code: 1 } },
    ];
  });
  return { ...plan, calmFromMs: plan.calmFromMs + 130_000, items: [...plan.items, ...items] };
};

export interface Break {
  /** What is broken, for people. */
  readonly name: string;
  readonly make: () => Sabotage;
  /** The checker that must find it. */
  readonly found: string;
  /** Makes more of what it needs to be seen. */
  readonly busy?: (plan: Plan) => Plan;
}

export const breaks: readonly Break[] = [
  {
    name: 'an acknowledgement before the commit',
    make: () => acknowledgesTooEarly,
    found: 'what is acknowledged is stored',
  },
  { name: 'no key that is unique', make: () => storesWhatComesAgain, found: 'no event is lost or doubled' },
  { name: 'the newest event first', make: () => sendsTheNewestFirst, found: 'the order of a host is kept' },
  { name: 'a spool that writes late', make: () => writesLate, found: 'what programs did is told' },
  { name: 'an agent that adopts nothing', make: () => adoptsNothing, found: 'no process runs twice' },
  { name: 'adoption by pid alone', make: () => looksAtPidAlone, found: 'status is true' },
  { name: 'a lease that never ends', make: () => leaseNeverEnds, found: 'status is true' },
  {
    name: 'a lease that begins when a message comes',
    make: () => leaseFromReceipt,
    found: 'status is true',
    busy: delayed,
  },
  { name: 'a file that is lost from an offer', make: () => losesAFile, found: 'each host runs its desired state' },
  {
    name: 'a host that returns and is given nothing',
    make: () => forgetsWhoReturns,
    found: 'each host runs its desired state',
  },
  { name: 'a command log that forgets', make: () => forgetsCommands, found: 'a command settles once', busy: restless },
  { name: 'a window that nobody keeps to', make: () => ignoresTheWindow, found: 'queues are bounded' },
  { name: 'a host that cannot return', make: comesOnce, found: 'everybody comes back' },
];
