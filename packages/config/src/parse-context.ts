/** Everything impure that reading a config needs, handed in by the caller. */

/** The host as seen by the parser. A check that is left out is not made: the controller cannot know a host's users. */
export interface ParseContext {
  /** The environment of the daemon, for `%(ENV_X)s`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 'keep' leaves `%(ENV_X)s` it does not know as it stands and checks no type there: for files of another host. */
  readonly unknownEnv: 'error' | 'keep';
  /** Absolute; relative paths are relative to it. */
  readonly cwd: string;
  /** For `%(host_node_name)s`; undefined is treated as an unknown ENV. */
  readonly hostNodeName: string | undefined;
  /** For `%(here)s`; without it the folder of the file. */
  readonly here?: string | undefined;
  /** Home folder of a user, or of the daemon's own user (Python's expanduser: $HOME first); undefined: unknown. */
  homeOf(user: string | undefined): string | undefined;
  /** Content of an included file; undefined when it cannot be read (Supervisor then skips it without a word). */
  readFile(path: string): Uint8Array | undefined;
  /** Paths that match, as Python's glob.glob (`*` never matches a leading dot, `**` is `*`); `globPaths` is that. */
  glob(pattern: string): readonly string[];
  /** Whether a user name or numeric uid exists. */
  readonly userExists?: ((user: string) => boolean) | undefined;
  /** Whether a group name or numeric gid exists. */
  readonly groupExists?: ((group: string) => boolean) | undefined;
  /** Whether an absolute path is a directory. */
  readonly directoryExists?: ((path: string) => boolean) | undefined;
}

/** A context that knows no host: for `fleetctl config validate` and the controller. Checks syntax, types and names. */
export function neutralContext(): ParseContext {
  return {
    env: {},
    unknownEnv: 'keep',
    cwd: '/',
    hostNodeName: undefined,
    homeOf: () => undefined,
    readFile: () => undefined,
    glob: () => [],
  };
}
