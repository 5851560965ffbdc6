/** Whom the agent runs as: `[supervisord] user`, switched to before anything is opened. */
import { FleetError, messageOf } from '@fleetvisor/primitives';
import type { User, Users } from './users.ts';

/** What was done or left, in Supervisor's words, for the main log. */
export interface PrivilegeReport {
  readonly criticals: readonly string[];
  readonly infos: readonly string[];
}

/** Supervisor's words, which log watchers know. */
const RUNNING_AS_ROOT =
  'Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  ' +
  'If you intend to run as root, you can set user=root in the config file to avoid this message.';

/**
 * @param wanted name or number as written; undefined: stay who we are
 * @param beforehand what only root can still do for that user; not called where there is nothing to switch
 * @throws FleetError `invalid` when it is not for us to become that user
 */
export function dropPrivileges(
  wanted: string | undefined,
  users: Users,
  beforehand: (user: User) => void,
): PrivilegeReport {
  const uid = process.getuid?.() ?? 0;
  if (wanted === undefined) {
    return { criticals: uid === 0 ? [RUNNING_AS_ROOT] : [], infos: [] };
  }
  const user = users.findUser(wanted);
  if (user === undefined) throw new FleetError('invalid', `Invalid user name ${wanted} in [supervisord] user`);
  if (user.uid === uid) return { criticals: [], infos: [`Set uid to user ${uid} succeeded`] };
  if (uid !== 0) throw new FleetError('invalid', `Can't drop privilege as nonroot user: [supervisord] user=${wanted}`);
  beforehand(user);
  try {
    initgroups(user.name, user.gid);
    process.setgid?.(user.gid);
    process.setuid?.(user.uid);
  } catch (cause) {
    throw new FleetError('denied', `cannot become user ${wanted}: ${messageOf(cause)}`, { user: wanted }, { cause });
  }
  return { criticals: [], infos: [`Set uid to user ${user.uid} succeeded`] };
}

/** In Node since 0.9.4, and missing from its types. */
function initgroups(user: string, group: number): void {
  (process as unknown as { initgroups(user: string, group: number): void }).initgroups(user, group);
}
