/** What a command line asks for: the daemon to be. */
import type { RunFlags } from '../settings.ts';
import type { DaemonOverrides } from './daemon-overrides.ts';

export interface DaemonRequest {
  /** As written, or as found, and so perhaps relative to the working folder; absolute where the daemon may leave that. */
  readonly configFile: string;
  readonly overrides: DaemonOverrides;
  readonly fleet: RunFlags;
  /** The command line wants the foreground, whatever the file says; else `[supervisord] nodaemon` decides. */
  readonly foreground: boolean;
  /** What `pgrep -x` finds the daemon by: a drop-in is found by the name it drops in for. */
  readonly processName: string;
}
