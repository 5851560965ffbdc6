/** What `fleet-agent ctl` needs from the process it runs in. No file of this room touches `process` itself. */
import type { Readable, Writable } from 'node:stream';

/** Where typed lines come from: `process.stdin` fits. */
export interface CtlInput extends Readable {
  readonly isTTY?: boolean;
}

/** Where answers go: `process.stdout` fits. */
export interface CtlOutput extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface CtlWorld {
  /** What the person typed to get here, for usage lines: `fleet-agent ctl`. */
  readonly program: string;
  /**
   * Parent of the folder that holds the executable: without -c, `etc/supervisord.conf` and `supervisord.conf` are looked for
   * here first.
   */
  readonly installFolder: string;
  /** For `%(ENV_X)s` in the config file. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Home folder of a user, or of whoever runs this; undefined: unknown. */
  readonly homeOf: (user: string | undefined) => string | undefined;
  /** Asked for only by what reads lines (the shell, fg): opening `process.stdin` costs start-up time. */
  readonly stdin: () => CtlInput;
  readonly stdout: CtlOutput;
  readonly stderr: CtlOutput;
  /**
   * Calls `act` at each SIGINT until the returned function is called. While nobody listens, SIGINT ends the process as it does
   * any other. (`process.on('SIGINT', act)` and `process.off`.)
   */
  readonly onInterrupt: (act: () => void) => () => void;
}
