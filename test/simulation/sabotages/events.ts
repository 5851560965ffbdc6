/** Breaks of events on their way to the central history. */
import { uuidv7 } from '@fleetvisor/primitives';
import type { SessionRequest } from '@fleetvisor/protocol/link';
import type { AppendOutcome, EventStore } from '../../../packages/controller/src/store/events.ts';
import { over } from '../controller/forgetful-store.ts';
import { chanceOf } from '../engine/chance.ts';
import { epochUs } from '../engine/life.ts';
import { mortal } from '../plan/busy-plans.ts';
import type { Sabotage } from '../sabotage.ts';
import type { Break } from './break.ts';

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

export const eventsBreaks: readonly Break[] = [
  {
    name: 'an acknowledgement before the commit',
    make: () => acknowledgesTooEarly,
    found: 'what is acknowledged is stored',
  },
  { name: 'no key that is unique', make: () => storesWhatComesAgain, found: 'no event is lost or doubled' },
  { name: 'the newest event first', make: () => sendsTheNewestFirst, found: 'the order of a host is kept' },
  { name: 'a spool that writes late', make: () => writesLate, found: 'what programs did is told', busy: mortal },
];
