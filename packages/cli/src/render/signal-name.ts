/** Names of signals on the hosts, which are all Linux; fleetctl itself may run elsewhere. */

const names =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

/** `KILL` for 9; the number itself where it has no name. */
export function signalName(signal: number): string {
  return names[signal - 1] ?? String(signal);
}
