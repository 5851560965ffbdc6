/** The folder of the local fleet: one start at a time, and never a folder that holds something else. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftovers, livingStarter } from './leftovers.ts';

const marker = '.fleetvisor-local-fleet';

/**
 * Makes the data folder ours.
 * @returns how many programs of an earlier start, which could not end them, were ended now
 * @throws Error when it holds something else, or when another start lives in it
 */
export async function takeFolder(data: string, traces: string, reset: boolean): Promise<number> {
  const found = statSync(data, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory())
    throw new Error(`${data} is not a folder: name another with --data DIR`);
  const isOurs = existsSync(join(data, marker));
  if (found !== undefined && !isOurs && readdirSync(data).length > 0) {
    throw new Error(`${data} holds something else (it has no ${marker}): name an empty folder with --data DIR`);
  }
  const starter = livingStarter(traces);
  if (starter !== undefined) {
    throw new Error(
      `a fleet already runs from ${data} (pid ${starter}): stop it there, or begin another with --data DIR`,
    );
  }
  const ended = await endLeftovers(traces);
  if (reset) rmSync(data, { recursive: true, force: true });
  // Not `recursive`: under /proc Node's never returns.
  if (!existsSync(data)) mkdirSync(data);
  writeFileSync(join(data, marker), 'Data of npm start; npm start -- --reset empties this folder.\n');
  return ended;
}
