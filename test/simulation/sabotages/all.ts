/** Every break there is. */
import type { Break } from './break.ts';
import { commandsBreaks } from './commands.ts';
import { configBreaks } from './config.ts';
import { eventsBreaks } from './events.ts';
import { processesBreaks } from './processes.ts';
import { sessionsBreaks } from './sessions.ts';
import { statusBreaks } from './status.ts';

export const breaks: readonly Break[] = [
  ...eventsBreaks,
  ...processesBreaks,
  ...statusBreaks,
  ...configBreaks,
  ...commandsBreaks,
  ...sessionsBreaks,
];
