/** Breaks of commands. */
import { CommandLog } from '../../../packages/agent/src/state/command-log.ts';
import { over } from '../controller/forgetful-store.ts';
import { everNewer, restless, sluggish, unpowered } from '../plan/busy-plans.ts';
import type { Sabotage } from '../sabotage.ts';
import type { Break } from './break.ts';

/** A command that comes again is a new one. */
const forgetsCommands: Sabotage = {
  commandLog: (db, clock) => {
    const log = new CommandLog(db, clock);
    return over(log, { begin: () => ({ kind: 'new' }) });
  },
};

/** A command is carried out before it is on the disk that it was begun. */
const beginsTooEarly: Sabotage = {
  commandLog: (db, clock) => over(new CommandLog(db, clock), { synced: async () => {} }),
};

/** What came of a command is written down nowhere. */
const keepsNoResults: Sabotage = {
  commandLog: (db, clock) => over(new CommandLog(db, clock), { done: () => {} }),
};

/** A command that has waited for long is carried out all the same. */
const neverTooLate: Sabotage = {
  toEngine: (message) => (message.kind === 'command' ? { ...message, ttlMs: 3_600_000 } : message),
};

export const commandsBreaks: readonly Break[] = [
  { name: 'a command log that forgets', make: () => forgetsCommands, found: 'a command settles once', busy: restless },
  {
    name: 'a command that is begun before the disk knows',
    make: () => beginsTooEarly,
    found: 'a command settles once',
    busy: unpowered,
  },
  {
    name: 'a command log that keeps no results',
    make: () => keepsNoResults,
    found: 'what is told of a command is true',
    busy: everNewer('cannot-take-over'),
  },
  {
    name: 'a command that is never too late',
    make: () => neverTooLate,
    found: 'a command settles once',
    busy: sluggish,
  },
];
