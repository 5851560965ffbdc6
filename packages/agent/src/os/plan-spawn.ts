/**
 * What to execute for a program: the command itself wherever that is enough, else the one spawn shell. Pure: the
 * user, the paths and the failures found beforehand come in as values.
 *
 * The spawn shell, in full, where user, umask and directory all ask for it:
 *
 *     setpriv --reuid=UID --regid=GID --init-groups -- /bin/sh -c SCRIPT sh UMASK DIRECTORY FILE WORD...
 *
 * setpriv switches first, so that the directory is entered with the rights of the program's user, as in Supervisor;
 * `spawn({uid, gid})` alone would drop the supplementary groups. Node sets neither umask nor (for another user) folder.
 * setpriv keeps root's capabilities until its own exec, which may therefore execute what its user may not: where there
 * is doubt about that the shell, which has lost them, looks first.
 */
import type { ResolvedCommand } from './resolve-command.ts';
import type { User } from './users.ts';

/** One exec, for child_process.spawn. */
export interface SpawnRequest {
  readonly file: string;
  /** The first is argv[0]. */
  readonly argv: readonly [string, ...string[]];
  readonly directory: string | undefined;
}

export interface SpawnSettings {
  readonly directory: string | undefined;
  readonly umask: number | undefined;
  /** Whom to become, and by what; undefined: the daemon's own user stays. */
  readonly switchTo: UserSwitch | undefined;
}

export interface UserSwitch {
  readonly user: User;
  readonly setpriv: string;
  /** Anybody may execute the command's file. */
  readonly isForAll: boolean;
}

const SHELL = '/bin/sh';

/** The child whose exec never came to be: it says why on its stderr and ends with 127, as Supervisor's forked child does. */
const COMPLAIN = 'printf "%s\\n" "$@" >&2; exit 127';

/** Enters the folder or fails in Supervisor's words. That it exists was seen before: what is left is a matter of rights. */
const ENTER =
  'cd -- "$1" 2>/dev/null || { printf "supervisor: couldn\'t chdir to %s: EACCES\\nsupervisor: child process was not spawned\\n" "$1" >&2; exit 127; }';

/** Executes only what the user may, or fails in Supervisor's words. */
const CHECK_RIGHTS =
  '[ -x "$1" ] || { printf "supervisor: couldn\'t exec %s: EACCES\\nsupervisor: child process was not spawned\\n" "$1" >&2; exit 127; }';

export function planSpawn(command: ResolvedCommand, settings: SpawnSettings): SpawnRequest {
  const { directory, umask, switchTo } = settings;
  if (switchTo === undefined) {
    if (umask === undefined) return { file: command.file, argv: command.words, directory };
    return { ...shellFor(command, { umask }), directory };
  }
  const { isForAll } = switchTo;
  const needsShell = umask !== undefined || directory !== undefined || !isForAll;
  const inner = needsShell ? shellFor(command, { umask, directory, isInDoubt: !isForAll }).argv : command.words;
  return { file: switchTo.setpriv, argv: switchUser(switchTo.user, inner), directory: undefined };
}

/** @param complaint without the prefix: `couldn't chdir to /x: ENOENT` */
export function planComplaint(complaint: string): SpawnRequest {
  const lines = [`supervisor: ${complaint}`, 'supervisor: child process was not spawned'];
  return { file: SHELL, argv: ['sh', '-c', COMPLAIN, 'sh', ...lines], directory: undefined };
}

function switchUser(user: User, argv: readonly string[]): [string, ...string[]] {
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--', ...argv];
}

interface ShellTasks {
  readonly umask: number | undefined;
  readonly directory?: string | undefined;
  /** Whether its user may execute the file is not known. */
  readonly isInDoubt?: boolean;
}

/** `exec` takes the first word as written: a shell cannot give argv[0] apart, and finds the same file in the same PATH. */
function shellFor(
  { file, words }: ResolvedCommand,
  { umask, directory, isInDoubt = false }: ShellTasks,
): { readonly file: string; readonly argv: [string, ...string[]] } {
  const steps = [
    ...(umask === undefined ? [] : ['umask "$1"; shift']),
    ...(directory === undefined ? [] : [`${ENTER}; shift`]),
    ...(isInDoubt ? [`${CHECK_RIGHTS}; shift`] : []),
    'exec "$@"',
  ];
  const settings = [
    ...(umask === undefined ? [] : [umask.toString(8).padStart(4, '0')]),
    ...(directory === undefined ? [] : [plainFolder(directory)]),
    ...(isInDoubt ? [file] : []),
  ];
  return { file: SHELL, argv: [SHELL, '-c', steps.join('; '), 'sh', ...settings, ...words] };
}

/** `cd` gives `-` a meaning and searches CDPATH for a name without a slash. */
function plainFolder(directory: string): string {
  return directory.startsWith('/') ? directory : `./${directory}`;
}
