/** What runs: processes and their groups, with every default filled in. Plain data: survives JSON and structuredClone. */

/** Where a section begins (line counts from 1), for messages about it. */
export interface Source {
  readonly file: string;
  readonly line: number;
}

export type ProgramKind = 'program' | 'fcgi-program' | 'eventlistener';

/** `always` is Supervisor's `true`, `never` its `false`. */
export type Autorestart = 'always' | 'unexpected' | 'never';

/** AUTO (a file of our own naming in childlogdir), no file at all, or a path: relative ones are relative to the daemon's cwd. */
export type LogTarget =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string };

/** One output stream of a process. */
export interface LogSpec {
  readonly target: LogTarget;
  /** 0 = never rotate. */
  readonly maxBytes: number;
  /** 0 = truncate instead of renaming. */
  readonly backups: number;
  /** Size of the capture buffer; 0 = capture mode is off. */
  readonly captureMaxBytes: number;
  readonly eventsEnabled: boolean;
  readonly syslog: boolean;
}

/** Everything that is needed to run one process. */
export interface ProcessSpec {
  /** Name of the process group it runs in. */
  readonly group: string;
  /** Name of the process within the group. */
  readonly name: string;
  /** Name of the section: `x` of `[program:x]`. */
  readonly program: string;
  readonly kind: ProgramKind;
  /** As written, after expansion; `splitCommand` makes words of it. May be empty: that fails at start. */
  readonly command: string;
  /** undefined: the daemon's own. As written: neither checked nor `~`-expanded. */
  readonly directory: string | undefined;
  /** undefined: inherited. */
  readonly umask: number | undefined;
  /** Name or number as written; undefined: the daemon's own user. */
  readonly user: string | undefined;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: Autorestart;
  readonly startsecs: number;
  readonly startretries: number;
  /** Normal name without SIG ('TERM'); `signalNumber` gives its number. '0' for the null signal. */
  readonly stopsignal: string;
  readonly stopwaitsecs: number;
  readonly stopasgroup: boolean;
  readonly killasgroup: boolean;
  readonly exitcodes: readonly number[];
  readonly redirectStderr: boolean;
  readonly stdout: LogSpec;
  /** Target `none` when redirectStderr. */
  readonly stderr: LogSpec;
  /** `[supervisord] environment` with the program's own laid over it. */
  readonly environment: Readonly<Record<string, string>>;
  /** For SUPERVISOR_SERVER_URL; undefined: the daemon's own (AUTO). */
  readonly serverurl: string | undefined;
  /** Of an fcgi-program, also where it is listed in a `[group:x]`; shared by all processes of the section in this group. */
  readonly fcgiSocket: FcgiSocketSpec | undefined;
  readonly source: Source;
}

/** The listening socket handed to FastCGI processes as fd 0. `url` is its identity. */
export type FcgiSocketSpec =
  | {
      readonly kind: 'unix';
      readonly url: string;
      readonly path: string;
      readonly mode: number;
      /** `user` or `user:group` as written; undefined: the program's user and its primary group. */
      readonly owner: string | undefined;
      /** undefined: the system's maximum. */
      readonly backlog: number | undefined;
    }
  | {
      readonly kind: 'tcp';
      readonly url: string;
      readonly host: string;
      readonly port: number;
      readonly backlog: number | undefined;
    };

interface ProcessGroupBase {
  readonly name: string;
  readonly priority: number;
  /** In Supervisor's order: by (priority, name) within a section, sections in the order of `programs=`. */
  readonly processes: readonly ProcessSpec[];
  readonly source: Source;
}

/** What one `[program:x]` makes. */
export interface ProgramGroupSpec extends ProcessGroupBase {
  readonly kind: 'program';
}

/** What one `[group:x]` makes: Supervisor's heterogeneous group. */
export interface HeterogeneousGroupSpec extends ProcessGroupBase {
  readonly kind: 'group';
}

/** What one `[fcgi-program:x]` makes. */
export interface FcgiGroupSpec extends ProcessGroupBase {
  readonly kind: 'fcgi-program';
  readonly socket: FcgiSocketSpec;
}

/** What one `[eventlistener:x]` makes: a pool. */
export interface ListenerGroupSpec extends ProcessGroupBase {
  readonly kind: 'eventlistener';
  /** Names of event types, upper case, sorted, each once. */
  readonly events: readonly string[];
  /** How many events wait for the pool before the oldest is dropped. */
  readonly bufferSize: number;
  readonly resultHandler: string;
}

export type ProcessGroupSpec = ProgramGroupSpec | HeterogeneousGroupSpec | FcgiGroupSpec | ListenerGroupSpec;
