/**
 * Makes the child of a program, whatever it takes. What Supervisor's forked child finds out too late (no such folder, no
 * such user, a file that cannot be executed) is found out here beforehand, and told by a child all the same: it has a
 * pid, the reason in its stderr log, and ends with 127.
 */
import { closeSync, existsSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ProcessSpec, pythonRepr } from '@fleetvisor/config';
import type { StartFailure } from '../supervision/ports.ts';
import type { ChildUser } from './child-user.ts';
import { errnoOf, isOutOfDescriptors } from './errno.ts';
import { findChdirProblem, findExecProblem, guessExecErrno, isExecutableByAll } from './exec-problem.ts';
import { planComplaint, planSpawn, type SpawnSettings } from './plan-spawn.ts';
import type { ResolvedCommand } from './resolve-command.ts';
import { type Spawned, spawnChild } from './spawn.ts';

export interface ChildOrder {
  readonly spec: ProcessSpec;
  readonly command: ResolvedCommand;
  readonly user: ChildUser;
  readonly env: Readonly<Record<string, string>>;
  readonly childEnds: readonly [number, number, number];
  /** Path of setpriv; undefined where the system has none. */
  readonly setpriv: string | undefined;
}

export function startChild(order: ChildOrder): Extract<Spawned, { kind: 'spawned' }> | StartFailure {
  const { spec, command, user, env, childEnds, setpriv } = order;
  const problem = findProblem(order);
  if (problem !== undefined) return complain(order, problem);
  if (user.kind === 'other' && setpriv === undefined) return failed(noSetpriv(spec));
  const switchTo =
    user.kind === 'other' && setpriv !== undefined
      ? { user: user.user, setpriv, isForAll: isExecutableByAll(resolve(spec.directory ?? '.', command.file)) }
      : undefined;
  const settings: SpawnSettings = { directory: spec.directory, umask: spec.umask, switchTo };
  const spawned = spawnChild(planSpawn(command, settings), env, childEnds);
  if (spawned.kind === 'spawned') return spawned;
  const errno = spawned.errno ?? guessExecErrno(command.file, spec.directory);
  return complain(order, `couldn't exec ${command.file}: ${errno}`);
}

/** In the order in which Supervisor's child goes through it. */
function findProblem({ spec, command, user }: ChildOrder): string | undefined {
  if (user.kind === 'refused') return user.complaint;
  const { directory } = spec;
  const chdir = directory === undefined ? undefined : findChdirProblem(directory);
  if (chdir !== undefined) return `couldn't chdir to ${directory}: ${chdir}`;
  const exec = findExecProblem(command.file, directory);
  return exec === undefined ? undefined : `couldn't exec ${command.file}: ${exec}`;
}

function complain({ spec, env, childEnds }: ChildOrder, complaint: string): ReturnType<typeof startChild> {
  const { file, ...request } = planComplaint(complaint);
  const spawned = spawnChild({ file, ...request }, env, childEnds);
  if (spawned.kind === 'spawned') return spawned;
  // Not even this: then it was not the program that was in the way.
  return failed(existsSync(file) ? forkFailure(spec, spawned.errno) : complaint);
}

function forkFailure(spec: ProcessSpec, errno: string | undefined): string {
  const name = pythonRepr(spec.name);
  if (hasNoDescriptors()) return `too many open files to spawn ${name}`;
  if (errno === undefined || errno === 'EAGAIN') return `Too many processes in process table to spawn ${name}`;
  return `unknown error during fork for ${name}: ${errno}`;
}

/** Whether a spawn, which needs two for itself (a pipe on which the child tells of a failed exec), cannot have them. */
function hasNoDescriptors(): boolean {
  const opened: number[] = [];
  try {
    while (opened.length < 2) opened.push(openSync('/dev/null', 'r'));
    return false;
  } catch (thrown) {
    return isOutOfDescriptors(errnoOf(thrown));
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

function noSetpriv({ name, user }: ProcessSpec): string {
  return `cannot start ${pythonRepr(name)} as user ${user}: setpriv is not installed; install util-linux, which has it`;
}

function failed(spawnError: string): StartFailure {
  return { kind: 'failed', spawnError };
}
