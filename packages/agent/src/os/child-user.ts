/** Whether a program runs as the daemon's own user or as another, and why it cannot. Pure; Supervisor's drop_privileges. */
import type { User } from './users.ts';

export type ChildUser =
  /** As we are: then nothing at all is changed, the groups neither. */
  | { readonly kind: 'own' }
  | { readonly kind: 'other'; readonly user: User }
  /** Said by the child on its stderr, as Supervisor's does. */
  | { readonly kind: 'refused'; readonly complaint: string };

/**
 * @param wanted the program's `user` as written
 * @param found who that is on this host
 */
export function decideChildUser(
  wanted: string | undefined,
  found: (wanted: string) => User | undefined,
  ownUid: number,
): ChildUser {
  if (wanted === undefined) return { kind: 'own' };
  const user = found(wanted);
  if (user === undefined) return refused(wanted, `Can't find uid ${wanted}`);
  if (user.uid === ownUid) return { kind: 'own' };
  if (ownUid !== 0) return refused(String(user.uid), "Can't drop privilege as nonroot user");
  return { kind: 'other', user };
}

function refused(uid: string, reason: string): ChildUser {
  return { kind: 'refused', complaint: `couldn't setuid to ${uid}: ${reason}` };
}
