/** The name the kernel gave a failure (`ENOENT`, `EACCES`): Supervisor's messages are made of it. */

/** The errno name of what a Node call threw; `EIO` where it has none, for want of a better word. */
export function errnoOf(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return 'EIO';
}

/** Out of descriptors, in this process or in the whole system. */
export function isOutOfDescriptors(errno: string): boolean {
  return errno === 'EMFILE' || errno === 'ENFILE';
}
