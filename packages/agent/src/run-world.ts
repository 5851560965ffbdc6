/** What a daemon has around it before it has anything of its own: main gives it, tests make it up. */
import type { Clock, Random } from '@fleetvisor/primitives';
import type { DaemonSignals } from './daemon/signals.ts';
import type { DaemonChannel } from './os/daemon-channel.ts';
import type { Handover } from './upgrade/handover.ts';

/** The process around the agent. */
export interface RunWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of a daemon in the background, to whoever started it and waits. */
  readonly channel: DaemonChannel | undefined;
  readonly cwd: string;
  /** What Node runs, and its arguments: a daemon is another run of them. */
  readonly argv: readonly string[];
  readonly linkProgram: string;
  /** Path by which this program was called: what is installed there may be another version by now. */
  readonly executable: string;
  /** Of this version, whatever a link leads to later. */
  readonly launcher: string;
  /** Of the agent that this process was before. */
  readonly handover: Handover | undefined;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly signals: DaemonSignals;
}
