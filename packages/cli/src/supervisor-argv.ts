/** What supervisorctl's users type, in the form that our parser knows. */

/** `tail -100 cat` is `tail -n 100 cat`. */
export function expandTailCount(argv: readonly string[]): string[] {
  const verb = argv.indexOf('tail');
  const end = argv.indexOf('--');
  return argv.flatMap((word, i) => {
    const isCount = verb !== -1 && i > verb && (end === -1 || i < end) && /^-\d+$/.test(word);
    return isCount ? ['-n', word.slice(1)] : [word];
  });
}
