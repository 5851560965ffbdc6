/** Why a server could not be opened, in Supervisor's words: the caller prints them and ends with 2. */
import { userInfo } from 'node:os';
import { FleetError } from '@fleetvisor/primitives';

/** Of anything that opening threw; what is told well already stays as it is. */
export function openFailure(thrown: unknown, where: string): FleetError {
  if (thrown instanceof FleetError) return thrown;
  const { code, errno } = systemError(thrown);
  if (code === 'EADDRINUSE') return inUse(where, thrown);
  const reported = errno === undefined ? (code ?? String(thrown)) : `errno.${code} (${Math.abs(errno)})`;
  return new FleetError(
    'unavailable',
    `Cannot open an HTTP server: socket.error reported ${reported}`,
    { where },
    { cause: thrown },
  );
}

export function inUse(where: string, cause?: unknown): FleetError {
  return new FleetError(
    'conflict',
    'Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
      'Shut this program down first before starting supervisord.',
    { where },
    { cause },
  );
}

/** @param ids as the system call was given them; -1 leaves one as it is */
export function notPermittedToChown(path: string, ids: { readonly uid: number; readonly gid: number }): FleetError {
  return new FleetError(
    'denied',
    `Not permitted to chown ${path} to uid/gid (${ids.uid}, ${ids.gid}); adjust "sockchown" value in config file or on ` +
      `command line to values that the current user (${currentUser()}) can successfully chown`,
    { where: path },
  );
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run as numbers that no passwd file knows.
    return String(process.geteuid?.());
  }
}

function systemError(thrown: unknown): { readonly code: string | undefined; readonly errno: number | undefined } {
  if (!(thrown instanceof Error)) return { code: undefined, errno: undefined };
  return {
    code: 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined,
    errno: 'errno' in thrown && typeof thrown.errno === 'number' ? thrown.errno : undefined,
  };
}
