/** No process runs twice: whatever died and came back, a program is never started beside itself. */
import type { MakeChecker } from './checker.ts';

export const runsOnce: MakeChecker = (world) => {
  const name = 'no process runs twice';
  return {
    name,
    observer: {
      ranTwice: (host, child, other) => {
        const text = `${child.label} was started as pid ${child.pid} while pid ${other.pid} lives`;
        world.violated(name, `web${host}: ${text}`);
      },
    },
  };
};
