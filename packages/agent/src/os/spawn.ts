/** The one place that makes a child process of a program. What to execute was decided before; see plan-spawn.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { errnoOf } from './errno.ts';
import type { SpawnRequest } from './plan-spawn.ts';

export type Spawned =
  | { readonly kind: 'spawned'; readonly child: ChildProcess; readonly pid: number }
  /** Undefined: Node does not say in time (it tells later, by an event, and a start is answered now). */
  | { readonly kind: 'failed'; readonly errno: string | undefined };

/**
 * Starts a child in a session and process group of its own, with the three descriptors and nothing else of ours:
 * Node opens everything close-on-exec.
 */
export function spawnChild(
  { file, argv, directory }: SpawnRequest,
  env: Readonly<Record<string, string>>,
  childEnds: readonly [number, number, number],
): Spawned {
  const [argv0, ...args] = argv;
  try {
    const child = spawn(file, args, {
      argv0,
      env,
      detached: true,
      stdio: [...childEnds],
      ...(directory === undefined ? {} : { cwd: directory }),
    });
    // Without a listener a failed spawn would end the agent a moment later; the missing pid has told us already.
    child.on('error', () => {});
    return child.pid === undefined ? { kind: 'failed', errno: undefined } : { kind: 'spawned', child, pid: child.pid };
  } catch (thrown) {
    return { kind: 'failed', errno: errnoOf(thrown) };
  }
}
