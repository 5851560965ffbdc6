/** What a whole config file means: the daemon with its doors, and the process groups it runs. Plain data. */

import type { ProcessGroupSpec, Source } from './specs.ts';

export type LogLevel = 'critical' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'blather';

/** `[supervisord]`. Paths are absolute. */
export interface DaemonSpec {
  readonly logfile: { readonly kind: 'file'; readonly path: string } | { readonly kind: 'syslog' };
  readonly logfileMaxBytes: number;
  readonly logfileBackups: number;
  readonly loglevel: LogLevel;
  readonly pidfile: string;
  /** Applied only when daemonising. */
  readonly umask: number;
  /** Applied only when daemonising. */
  readonly directory: string | undefined;
  readonly nodaemon: boolean;
  readonly silent: boolean;
  readonly minfds: number;
  readonly minprocs: number;
  readonly nocleanup: boolean;
  /** undefined: the system's folder for temporary files. */
  readonly childlogdir: string | undefined;
  readonly user: string | undefined;
  readonly stripAnsi: boolean;
  /** For the children, not for the daemon itself. */
  readonly environment: Readonly<Record<string, string>>;
  readonly identifier: string;
  readonly source: Source;
}

interface HttpServerBase {
  /** `x` of `[inet_http_server:x]`; undefined for the plain section. */
  readonly name: string | undefined;
  readonly section: string;
  readonly username: string | undefined;
  /** Plain, or `{SHA}` and the hex digest. */
  readonly password: string | undefined;
  readonly source: Source;
}

/** `[unix_http_server]` or `[inet_http_server]`; an empty host means every address. */
export type HttpServerSpec =
  | (HttpServerBase & {
      readonly kind: 'unix';
      readonly path: string;
      readonly mode: number;
      /** `user` or `user:group` as written; undefined: left as it is. */
      readonly owner: string | undefined;
    })
  | (HttpServerBase & { readonly kind: 'inet'; readonly host: string; readonly port: number });

/** `[supervisorctl]`. */
export interface CtlSpec {
  readonly serverurl: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly prompt: string;
  readonly historyFile: string | undefined;
}

/** `[rpcinterface:x]`: the factory named there and its other keys. */
export interface RpcInterfaceSpec {
  readonly name: string;
  readonly factory: string;
  readonly options: Readonly<Record<string, string>>;
  readonly source: Source;
}

/** `[fleet]`: ours alone, supervisord ignores it. What is not set is undefined or empty. */
export interface FleetSpec {
  readonly controller: { readonly host: string; readonly port: number } | undefined;
  /** Name of this host in the fleet. */
  readonly name: string | undefined;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly dataDir: string | undefined;
  readonly source: Source;
}

/** Something odd that does not stop the daemon; the message is Supervisor's where it has one. */
export interface ConfigWarning {
  readonly file: string;
  readonly line: number;
  readonly section: string;
  readonly message: string;
}

/** A whole config file with its includes. */
export interface ParsedConfig {
  readonly daemon: DaemonSpec;
  /** inet servers first, then unix ones, as Supervisor opens them. */
  readonly httpServers: readonly HttpServerSpec[];
  readonly ctl: CtlSpec | undefined;
  readonly fleet: FleetSpec | undefined;
  readonly rpcInterfaces: readonly RpcInterfaceSpec[];
  /** By (priority, name). Two may share a name: only the first of them runs. */
  readonly groups: readonly ProcessGroupSpec[];
  readonly warnings: readonly ConfigWarning[];
  /** For the log, in Supervisor's words: the files that were included. */
  readonly infos: readonly string[];
  /** The main file and every included one, in the order they were read. */
  readonly files: readonly string[];
}
