/** Shell patterns on names: `*`, `?`, `[abc]`, `[a-z]`, `[!a]`, as Python's fnmatch has them (and so Supervisor's users know them). */

/** Whether the text is a pattern rather than a plain name. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/** Compiles a pattern to a test of whole names. An unclosed `[` is an ordinary character. */
export function globMatcher(pattern: string): (name: string) => boolean {
  if (!isGlob(pattern)) return (name) => name === pattern;
  const expression = new RegExp(`^${globSource(pattern)}$`, 's');
  return (name) => expression.test(name);
}

function globSource(pattern: string): string {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '*') source += '.*?';
    else if (char === '?') source += '.';
    else if (char === '[') {
      const end = classEnd(pattern, i);
      if (end === undefined) source += '\\[';
      else {
        source += classSource(pattern.slice(i + 1, end));
        i = end;
      }
    } else source += char.replace(/[\\^$.|+(){}\]]/, '\\$&');
  }
  return source;
}

/** Index of the `]` that closes the class opened at `start`; a `]` in first place is a member. */
function classEnd(pattern: string, start: number): number | undefined {
  let i = start + 1;
  if (pattern.charAt(i) === '!') i++;
  if (pattern.charAt(i) === ']') i++;
  const end = pattern.indexOf(']', i);
  return end === -1 ? undefined : end;
}

function classSource(body: string): string {
  const negated = body.startsWith('!');
  const members = (negated ? body.slice(1) : body).replace(/[\\\]^[]/g, '\\$&');
  // A range that runs backwards matches nothing in fnmatch and is a syntax error in a regular expression.
  const valid = members.replace(/(\\?.)-(\\?.)/g, (range, from: string, to: string) =>
    from.slice(-1) <= to.slice(-1) ? range : '',
  );
  if (valid === '') return negated ? '.' : '(?!)';
  return `[${negated ? '^' : ''}${valid}]`;
}
