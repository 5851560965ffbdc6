/** The machine as the config parser may ask about it: its files, its users, its environment. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { globPaths, type ParseContext } from '@fleetvisor/config';
import type { Users } from '../os/users.ts';

/**
 * @param env of the daemon, for `%(ENV_X)s`
 * @param cwd absolute; relative paths in the config are relative to it
 */
export function machineContext(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  users: Users,
): ParseContext {
  return {
    env,
    unknownEnv: 'error',
    cwd,
    hostNodeName: hostname(),
    homeOf: (user) => (user === undefined ? (env.HOME ?? homeOfUid(users)) : users.findUser(user)?.home),
    readFile,
    glob: (pattern) => globPaths(pattern, { listDirectory, exists: existsSync }),
    userExists: (user) => users.findUser(user) !== undefined,
    groupExists: (group) => users.findGroup(group) !== undefined,
    directoryExists: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
  };
}

function homeOfUid(users: Users): string | undefined {
  const uid = process.getuid?.();
  return uid === undefined ? undefined : users.findUser(String(uid))?.home;
}

function readFile(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // Supervisor passes over an included file that it cannot read
  }
}

function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // no such directory matches nothing
  }
}
