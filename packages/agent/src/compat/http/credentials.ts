/** Who is let in: HTTP Basic, one user for each server. Says nothing of what was wrong, in words or in time. */
import { createHash, timingSafeEqual } from 'node:crypto';

export interface Credentials {
  /** Undefined or empty: everybody is let in, as in Supervisor. */
  readonly username?: string | undefined;
  /** Plain, or `{SHA}` and the lower-case hex SHA-1 of the password. */
  readonly password?: string | undefined;
}

/** Whether a request with this `Authorization` header may come in. */
export type Doorkeeper = (authorization: string | undefined) => boolean;

const SHA = '{SHA}';

/** Checks against the credentials; undefined when everybody may come in. */
export function doorkeeperFor({ username, password }: Credentials): Doorkeeper | undefined {
  if (username === undefined || username === '') return undefined;
  const stored = password ?? '';
  const isHashed = stored.startsWith(SHA);
  const expectedUser = digest(username);
  const expectedPassword = digest(isHashed ? stored.slice(SHA.length) : stored);
  return (authorization) => {
    const given = parseBasic(authorization);
    if (given === undefined) return false;
    const isUser = timingSafeEqual(digest(given.username), expectedUser);
    const shown = isHashed ? createHash('sha1').update(given.password).digest('hex') : given.password;
    // Both are always compared, and as digests: neither which of them is wrong nor how long they are can be timed.
    return timingSafeEqual(digest(shown), expectedPassword) && isUser;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `Basic ` and base64 of `user:password`; the password may have colons. */
function parseBasic(authorization: string | undefined) {
  const encoded = /^basic +(\S+)\s*$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon === -1) return undefined;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
