/** Breaks of what an agent does with processes that were there before it. */
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

export const processesBreaks: readonly Break[] = [
  { name: 'an agent that adopts nothing', make: () => adoptsNothing, found: 'no process runs twice' },
  { name: 'adoption by pid alone', make: () => looksAtPidAlone, found: 'status is true' },
];
