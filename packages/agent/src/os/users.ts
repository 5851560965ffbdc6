/** Users and groups of this host by name or number: /etc/passwd first, then whatever else the system knows (LDAP, SSSD). */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, type Clock, type Instant } from '@fleetvisor/primitives';
import { toolsEnvironment } from './tools-path.ts';

export interface User {
  readonly name: string;
  readonly uid: number;
  /** Of the primary group. The supplementary ones are looked up by `setpriv --init-groups`. */
  readonly gid: number;
  readonly home: string;
}

/** Asking the name service may take long when its server is away: an answer serves for this long, and no ask waits longer than the other. */
const ANSWER_MS = 60_000;
const ASK_MS_MAX = 2_000;

/** Looks up users and groups. */
export class Users {
  readonly #clock: Clock;
  /** Answers of the name service alone: the files are read anew each time. Bounded by the names in the config. */
  readonly #answers = new Map<string, { readonly line: string | undefined; readonly until: Instant }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param wanted a name, or a number in decimal. */
  findUser(wanted: string): User | undefined {
    return this.#find('passwd', wanted, parseUser);
  }

  /** The gid of a group. */
  findGroup(wanted: string): number | undefined {
    return this.#find('group', wanted, parseGroup);
  }

  #find<T>(database: 'passwd' | 'group', wanted: string, parse: (line: string) => T | undefined): T | undefined {
    const local = findEntry(readDatabase(database), wanted);
    if (local !== undefined) return parse(local);
    const line = this.#ask(database, wanted);
    return line === undefined ? undefined : parse(line);
  }

  #ask(database: string, wanted: string): string | undefined {
    const question = `${database} ${wanted}`;
    const known = this.#answers.get(question);
    if (known !== undefined && this.#clock.now() < known.until) return known.line;
    const { status, stdout } = spawnSync('getent', [database, '--', wanted], {
      env: toolsEnvironment(),
      encoding: 'utf8',
      timeout: ASK_MS_MAX,
    });
    // Not found, no getent on this system, or no answer in time: all the same to who asks.
    const line = status === 0 ? stdout.split('\n')[0] : undefined;
    this.#answers.set(question, { line, until: after(this.#clock.now(), ANSWER_MS) });
    return line;
  }
}

/** The line of passwd(5) or group(5): a number is an id first, as in Supervisor, and a name only where no id fits. */
export function findEntry(text: string, wanted: string): string | undefined {
  const lines = text.split('\n');
  if (/^\d+$/.test(wanted)) {
    const id = String(Number(wanted));
    const byId = lines.find((line) => line.split(':')[2] === id);
    if (byId !== undefined) return byId;
  }
  return lines.find((line) => line.startsWith(`${wanted}:`));
}

/** A line of passwd(5). */
export function parseUser(line: string): User | undefined {
  const [name, , uid, gid, , home] = line.split(':');
  if (name === undefined || uid === undefined || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home: home ?? '/' };
}

function parseGroup(line: string): number | undefined {
  const gid = line.split(':')[2];
  return gid === undefined ? undefined : Number(gid);
}

function readDatabase(database: 'passwd' | 'group'): string {
  try {
    return readFileSync(`/etc/${database}`, 'utf8');
  } catch {
    return ''; // a minimal container may have none: then nobody is known from it
  }
}
