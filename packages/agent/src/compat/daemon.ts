/** The daemon as Supervisor's clients see it, in the domain's words: what the methods, pages and tails of this room may ask for. */
import type { ConfigProblem, ProcessGroupSpec } from '@fleetvisor/config';
import type { Clock } from '@fleetvisor/primitives';
import type { LogFiles } from '../logs/log-files.ts';
import type { GroupChanges } from '../supervision/action.ts';
import type { ProcessLogs } from '../supervision/ports.ts';
import type { Supervisor } from '../supervision/supervisor.ts';

export type Reread =
  | { readonly ok: true; readonly changes: GroupChanges }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface Daemon {
  readonly clock: Clock;
  readonly supervisor: Supervisor;
  readonly logs: ProcessLogs;
  /** Whoever follows a log learns here that it has grown. */
  readonly files: LogFiles;
  /** The daemon's own log. */
  readonly mainLog: {
    /** undefined when it goes to no file. */
    readonly path: () => string | undefined;
    /** Empties it. @throws FleetError `unavailable` */
    readonly clear: () => void;
    readonly log: (level: 'critical' | 'error' | 'warn' | 'info' | 'debug' | 'trace', text: string) => void;
  };
  /** As now configured: a reread may have changed it. */
  readonly identifier: () => string;
  /** While it is not running, clients are told SHUTDOWN_STATE. */
  readonly state: () => 'running' | 'restarting' | 'shutting-down';

  /** Parses the local files and says what differs from what is active; changes nothing. */
  readonly reread: () => Reread;
  /** The groups of the last reread (or of the start), by (priority, name); `isActive` tells whether a group of that name exists. */
  readonly configured: () => readonly { readonly spec: ProcessGroupSpec; readonly isActive: boolean }[];
  /** Adds a group as the last reread has it; its autostart processes start by themselves. */
  readonly addGroup: (name: string) => 'added' | 'already-added' | 'no-such-group';
  /** `not-local`: it is the fleet's, and no client of this host may remove it. */
  readonly removeGroup: (name: string) => 'removed' | 'still-running' | 'no-such-group' | 'not-local';
  /** Ends the daemon: everything stops in order. Returns at once. */
  readonly shutdown: () => void;
  /** What HUP does: everything of the host's own stops in order and starts anew from the files. Returns at once; a broken config changes nothing. */
  readonly restart: () => { readonly ok: true } | { readonly ok: false; readonly problems: readonly ConfigProblem[] };
  /** REMOTE_COMMUNICATION for the event listeners. */
  readonly remoteCommunication: (type: string, data: string) => void;
}
