import { expect, it } from 'vitest';
import { formatProblem, ProblemList } from './problem.ts';

const problem = { file: 'a.conf', line: 3, section: 'program:x', option: 'umask', message: 'no', allowed: '022' };

it.each([
  [problem, 'a.conf:3: [program:x] umask: no; allowed: 022'],
  [{ ...problem, option: undefined, allowed: undefined }, 'a.conf:3: [program:x]: no'],
  [{ file: 'a.conf', line: 0, section: undefined, option: undefined, message: 'a\nb' }, 'a.conf: a\\nb'],
])('is told on one line: %#', (given, line) => {
  expect(formatProblem(given)).toBe(line);
});

it('tells one place once, in the order of lines', () => {
  const problems = new ProblemList();
  problems.add({ ...problem, line: 9 });
  problems.add(problem);
  problems.add({ ...problem, message: 'again' });
  expect(problems.all().map(({ line, message }) => [line, message])).toEqual([
    [3, 'no'],
    [9, 'no'],
  ]);
});
