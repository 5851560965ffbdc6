import { describe, expect, it } from 'vitest';
import { type NamedContent, problemsOf } from './check.ts';

const file = (name: string, text: string): NamedContent => ({ file: name, content: Buffer.from(text) });
const program = (name: string, ...programs: string[]) =>
  file(name, programs.map((each) => `[program:${each}]\ncommand=/bin/cat\n`).join(''));

describe('problemsOf', () => {
  it('accepts what is right by itself and beside the others', () => {
    expect(
      problemsOf(program('web.conf', 'cat'), [[], [program('a.conf', 'dog')], [program('b.conf', 'cow')]]),
    ).toEqual([]);
    expect(problemsOf(file('empty.conf', '# nothing yet\n'), [[]])).toEqual([]);
  });

  it('leaves what only a host knows to the host', () => {
    expect(problemsOf(file('web.conf', '[program:cat]\ncommand=%(ENV_HOME)s/cat\nuser=nobody-here\n'), [])).toEqual([]);
  });

  it('tells every mistake with its line', () => {
    const problems = problemsOf(file('web.conf', '[program:cat]\nautostart=perhaps\nstartsecs=soon\n'), [[]]);
    expect(problems.map(({ file: where, line, option }) => [where, line, option])).toEqual(
      expect.arrayContaining([
        ['web.conf', 2, 'autostart'],
        ['web.conf', 3, 'startsecs'],
      ]),
    );
  });

  it('tells of a program that another file has, once, however many hosts have that file', () => {
    const other = program('a.conf', 'cat');
    const problems = problemsOf(program('web.conf', 'cat'), [[other], [other, program('b.conf', 'dog')]]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: 'web.conf', message: expect.stringContaining('a.conf') });
  });

  it('has bounds that it names', () => {
    const mebibyte = file('big.conf', '#'.repeat(1024 * 1024));
    expect(problemsOf(mebibyte, [])).toEqual([]);
    expect(problemsOf(file('big.conf', '#'.repeat(1024 * 1024 + 1)), [])[0]?.message).toMatch(/1048576 are the most/);
    const three = [1, 2, 3].map((n) => ({ ...mebibyte, file: `${n}.conf` }));
    expect(problemsOf(program('web.conf', 'cat'), [three])[0]?.message).toMatch(/some hosts would have/);
  });
});
