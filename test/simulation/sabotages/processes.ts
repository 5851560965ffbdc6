/** Breaks of what an agent does with processes that were there before it. */
import { over } from '../controller/forgetful-store.ts';
import { everNewer, maintained, mortal } from '../plan/busy-plans.ts';
import type { Sabotage } from '../sabotage.ts';
import type { Break } from './break.ts';

/** Whatever an agent finds of the one before it, it begins afresh. */
const adoptsNothing: Sabotage = { traces: () => ({ find: () => [], isAlive: () => false }) };

/** Whoever has the pid now is taken for the program that had it. */
const looksAtPidAlone: Sabotage = {
  os: (os) => {
    os.looksAtPidAlone = true;
  },
};

/** A version that takes over finds nothing of what the one before has handed to it. */
const forgetsHandover: Sabotage = { forgetsHandover: true };

/** A version that takes over has everything restarted. */
const restartsOverUpgrade: Sabotage = {
  tookOver: (supervisor) => {
    for (const name of supervisor.processNames()) void supervisor.stop(name, { byHand: false });
  },
};

/** What was kept back of a crash loop goes with the version that has counted it. */
const forgetsCounts: Sabotage = {
  supervisor: (supervisor) => {
    supervisor.tellHeldBack = () => {};
  },
};

/** An exit that nobody can know is told as a good one. */
const inventsExits: Sabotage = {
  processHost: (real) =>
    over(real, {
      adopt: (launch, known, onExit) => {
        return real.adopt(launch, known, (exit) => onExit(exit.kind === 'unknown' ? { kind: 'code', code: 0 } : exit));
      },
    }),
};

export const processesBreaks: readonly Break[] = [
  { name: 'an agent that adopts nothing', make: () => adoptsNothing, found: 'no process runs twice' },
  {
    name: 'a handover that is forgotten',
    make: () => forgetsHandover,
    found: 'an upgrade goes unnoticed',
    busy: everNewer('none'),
  },
  {
    name: 'an upgrade that restarts everything',
    make: () => restartsOverUpgrade,
    found: 'an upgrade goes unnoticed',
    busy: everNewer('none'),
  },
  {
    name: 'an upgrade that forgets what it has counted',
    make: () => forgetsCounts,
    found: 'every crash is counted',
    busy: maintained,
  },
  { name: 'an exit that is invented', make: () => inventsExits, found: 'exits are told as they were', busy: mortal },
  { name: 'adoption by pid alone', make: () => looksAtPidAlone, found: 'status is true' },
];
