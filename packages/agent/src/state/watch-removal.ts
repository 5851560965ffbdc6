/** Tells when somebody has removed agent.db under a running agent: SQLite goes on with a file that has no name any more. */
import { type BigIntStats, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, type Clock, type Timer } from '@fleetvisor/primitives';
import type { AgentDb } from './agent-db.ts';

const lookEveryMs = 60_000;

/** Looks once a minute, and tells it once. Supervision goes on as if nothing were. */
export function watchRemoval(db: Pick<AgentDb, 'folder'>, clock: Clock, tell: (text: string) => void): Disposable {
  const path = join(db.folder, 'agent.db');
  const opened = fileAt(path);
  let timer: Timer;
  const arm = () => {
    timer = clock.schedule(after(clock.now(), lookEveryMs), () => {
      const present = fileAt(path);
      if (present?.ino === opened?.ino && present?.dev === opened?.dev) return arm();
      tell(
        `${path} has been removed or replaced: the programs run on, but what the agent remembers (its identity in the ` +
          'fleet, what was stopped by hand, what the controller gave it) is lost when it ends. Put nothing there: end the ' +
          'agent when it suits, and the next one makes a new file',
      );
    });
  };
  arm();
  return { [Symbol.dispose]: () => timer.cancel() };
}

function fileAt(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
