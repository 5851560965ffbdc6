/** POSIX paths as Python's os.path has them, on text alone: `node:path` asks the process for its folder. */

export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/** Everything before the last slash: '' for a bare name, '/' for '/x'. */
export function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
}

/** An absolute path stays as it is. */
export function joinPath(base: string, path: string): string {
  if (isAbsolute(path) || base === '') return path;
  return base.endsWith('/') ? base + path : `${base}/${path}`;
}

/** Absolute, without `.`, `..` and doubled slashes. */
export function absolutePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of joinPath(cwd, path).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** `~` and `~user` at the front become that home folder; what is unknown stays as written. */
export function expandUser(path: string, homeOf: (user: string | undefined) => string | undefined): string {
  const match = /^~([^/]*)/.exec(path);
  if (match === null) return path;
  const [prefix, user] = match;
  const home = homeOf(user === '' || user === undefined ? undefined : user);
  if (home === undefined) return path;
  const expanded = home.replace(/\/+$/, '') + path.slice(prefix.length);
  return expanded === '' ? '/' : expanded;
}
