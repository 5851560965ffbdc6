/**
 * What the first process of a container owes the others: it is given every process whose parent has ended, and must
 * reap it when that ends, too. Looks before it reaps and takes strangers only: a wait for any child would steal the
 * exits that Node waits for.
 */
import { signalName } from '@fleetvisor/config';
import type { Exit } from '../supervision/process/exit.ts';
import { libcCall } from './libc.ts';
import { OwnChildren } from './own-children.ts';

/** Of wait(2), the same on every Linux. */
const P_ALL = 0;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x01000000;
/** `si_code` of a SIGCHLD. */
const CLD_EXITED = 1;
const CLD_DUMPED = 3;

/** siginfo_t on 64 bits: what we read is in its first 28 bytes. */
const SIGINFO_BYTES = 128;

/** So many at once, then I/O has its turn. */
const SLICE = 100;
/** How often we come back to a child of Node's that nobody reaps, before we leave it to the next signal. */
const PATIENCE = 100;

/**
 * To be made when this process is number 1 (or a child subreaper), before any child is made. Disposing ends it; who ends
 * after that stays a zombie.
 */
export class OrphanReaper implements Disposable {
  readonly #own = new OwnChildren();
  readonly #onReaped: (pid: number, exit: Exit) => void;
  readonly #onSignal = () => this.#reap(PATIENCE);
  #isAwaited: (pid: number) => boolean = () => false;
  #isClosed = false;

  /** @param onReaped is told of each, afterwards */
  constructor(onReaped: (pid: number, exit: Exit) => void) {
    this.#onReaped = onReaped;
  }

  /**
   * Reaps orphans from now on, and first those that have ended already: no signal will tell of them again.
   * @param isAwaited by somebody here besides Node
   * @throws FleetError `unavailable` where koffi does not run on this system
   */
  start(isAwaited: (pid: number) => boolean = () => false): void {
    this.#isAwaited = isAwaited;
    process.on('SIGCHLD', this.#onSignal);
    this.#reap(PATIENCE);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    process.off('SIGCHLD', this.#onSignal);
    this.#own[Symbol.dispose]();
  }

  #reap(patience: number): void {
    if (this.#isClosed) return;
    for (let i = 0; i < SLICE; i++) {
      const dead = peekDeadChild();
      if (dead === undefined) return;
      if (this.#own.has(dead.pid) || this.#isAwaited(dead.pid)) {
        // Node got the same signal and takes it in this round of its loop or the next; others may wait behind it.
        if (patience > 0) setImmediate(() => this.#reap(patience - 1));
        return;
      }
      libcCall('int waitpid(int pid, void *status, int options)')(dead.pid, null, WNOHANG);
      this.#onReaped(dead.pid, dead.exit);
    }
    setImmediate(() => this.#reap(patience));
  }
}

interface DeadChild {
  readonly pid: number;
  readonly exit: Exit;
}

/** Any child that has ended and that nobody has reaped; it is still there afterwards. */
function peekDeadChild(): DeadChild | undefined {
  const siginfo = Buffer.alloc(SIGINFO_BYTES);
  try {
    const waitid = libcCall('int waitid(int idtype, unsigned int id, void *siginfo, int options)');
    waitid(P_ALL, 0, siginfo, WEXITED | WNOHANG | WNOWAIT);
  } catch (thrown) {
    if (isNoChild(thrown)) return undefined;
    throw thrown;
  }
  const pid = siginfo.readInt32LE(16);
  return pid === 0 ? undefined : { pid, exit: exitOf(siginfo.readInt32LE(8), siginfo.readInt32LE(24)) };
}

function isNoChild(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ECHILD';
}

function exitOf(code: number, status: number): Exit {
  if (code === CLD_EXITED) return { kind: 'code', code: status };
  return { kind: 'signal', signal: signalName(status), number: status, coreDumped: code === CLD_DUMPED };
}
