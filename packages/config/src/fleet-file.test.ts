import { describe, expect, it } from 'vitest';
import { namesOf, parsed, testContext } from './fixtures/test-context.ts';
import { type FleetFile, parseFleetFile } from './fleet-file.ts';
import { findLayerClashes, mergeFleetFiles } from './fleet-layer.ts';
import { neutralContext } from './parse-context.ts';
import { formatProblem } from './problem.ts';

function fleetFile(file: string, text: string): FleetFile {
  const result = parseFleetFile({ file, text }, neutralContext());
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.fleetFile;
}

function problems(text: string): string[] {
  const result = parseFleetFile({ file: 'web.conf', text }, neutralContext());
  return result.ok ? [] : result.problems.map(formatProblem);
}

const program = (name: string) => `[program:${name}]\ncommand=/bin/${name}\n`;

describe('parseFleetFile', () => {
  it('needs no [supervisord], and takes the environment of the host', () => {
    const text = '[program:web]\ncommand=web %(ENV_REGION)s\nenvironment=B=2\n';
    const result = parseFleetFile({ file: 'web.conf', text }, testContext(), { environment: { REGION: 'eu', B: '1' } });
    expect(result).toMatchObject({
      ok: true,
      fleetFile: { groups: [{ processes: [{ command: 'web eu', environment: { REGION: 'eu', B: '2' } }] }] },
    });
  });

  it('is checked for what can be known anywhere', () => {
    expect(fleetFile('a', '[program:a]\ncommand=%(ENV_X)s\nuser=ann\nstdout_logfile=/srv/a.log\n').groups).toHaveLength(
      1,
    );
    expect(problems('[program:a]\nstartsecs=x\n[group:g]\nprograms=b\n')).toEqual([
      'web.conf:1: [program:a] command: program section program:a does not specify a command; allowed: command = the ' +
        'program to run and its arguments',
      "web.conf:2: [program:a] startsecs: invalid literal for int() with base 10: 'x'; allowed: a whole number",
      'web.conf:4: [group:g] programs: [group:g] names unknown program or fcgi-program b; allowed: names of [program:x] ' +
        'and [fcgi-program:x] sections',
    ]);
  });

  it.each([
    ['supervisord', 'belongs to the daemon of each host'],
    ['unix_http_server', 'belongs to the daemon of each host'],
    ['inet_http_server:x', 'belongs to the daemon of each host'],
    ['fleet', 'belongs to the daemon of each host'],
    ['supervisorctl', 'is for the client on each host'],
    ['include', 'a revision is complete in itself'],
    ['DEFAULT', 'would change the programs of every other file'],
    ['Program:x', 'no such section makes a program'],
  ])('refuses [%s] with the reason', (section, reason) => {
    const [first, ...rest] = problems(`${program('a')}[${section}]\nx=1\n`);
    expect(first).toMatch(/^web\.conf:3: /);
    expect(first).toContain(reason);
    expect(rest).toEqual([]);
  });

  it.each([
    ['a quote that stays open', `sh -c "echo`, 'No closing quotation'],
    ['a quote that a comment cut off', `sh -c "sleep 1 ; echo done"`, 'No closing quotation'],
    ['a backslash at the end', 'echo \\', 'No escaped character'],
    ['a NUL', 'echo a\0b', 'NUL'],
  ])('refuses a command that no start could use: %s', (_name, command, reason) => {
    const [first, ...rest] = problems(`[program:a]\nnumprocs=1\ncommand=${command}\n`);
    expect(first).toMatch(/^web\.conf:3: \[program:a\] command: /);
    expect(first).toContain(reason);
    expect(rest).toEqual([]);
  });

  it('refuses a second group of one name, which would silently not run', () => {
    expect(problems(`${program('a')}[eventlistener:a]\ncommand=x\nevents=EVENT\n`)).toEqual([
      'web.conf:1: [program:a]: process group a is also made by [eventlistener:a] in line 3; allowed: one of each name',
    ]);
  });

  it('warns of options that nobody reads', () => {
    expect(fleetFile('a', `${program('a')}comand=x\n`).warnings).toMatchObject([
      { line: 3, section: 'program:a', message: "unknown option 'comand' in [program:a] is ignored" },
    ]);
  });
});

describe('mergeFleetFiles', () => {
  it('gives one list by priority and name', () => {
    const merged = mergeFleetFiles([
      fleetFile('b.conf', program('b')),
      fleetFile('a.conf', program('c') + program('a')),
    ]);
    expect(merged.ok && namesOf(merged)).toEqual(['a:a', 'b:b', 'c:c']);
  });

  it.each([
    [program('x'), program('x'), 'b.conf:1: [program:x]: x is also defined by program:x in a.conf:1'],
    [
      `${program('x')}[group:g]\nprograms=x\n`,
      program('x'),
      'b.conf:1: [program:x]: x is also defined by program:x in a.conf:1',
    ],
    [
      program('x'),
      `${program('y')}[group:x]\nprograms=y\n`,
      'b.conf:3: [group:x]: x is also defined by program:x in a.conf:1',
    ],
    [
      program('x'),
      '[eventlistener:x]\ncommand=x\nevents=EVENT\n',
      'b.conf:1: [eventlistener:x]: x is also defined by program:x in a.conf:1',
    ],
  ])('names both places of what two files define: %#', (first, second, expected) => {
    const merged = mergeFleetFiles([fleetFile('b.conf', second), fleetFile('a.conf', first)]);
    expect(merged.ok ? [] : merged.problems.map(formatProblem)).toEqual([
      `${expected}; allowed: defined in one fleet config file alone`,
    ]);
  });
});

describe('findLayerClashes', () => {
  const clashes = (local: string, fleet: string) =>
    findLayerClashes(parsed(local).groups, fleetFile('web.conf', fleet).groups).map(formatProblem);
  const allowed = "; allowed: defined either in the host's own files or in the fleet's";

  it('finds nothing where names differ', () => {
    expect(clashes(program('a'), program('b'))).toEqual([]);
  });

  it('names both places of a process group that both layers have', () => {
    expect(clashes(program('a'), program('a'))).toEqual([
      `web.conf:1: [program:a]: a is also defined by program:a in /etc/supervisord.conf:2${allowed}`,
    ]);
  });

  it('finds a program that a group of the host has taken in', () => {
    expect(clashes(`${program('a')}[group:g]\nprograms=a\n`, program('a'))).toEqual([
      `web.conf:1: [program:a]: a is also defined by program a in /etc/supervisord.conf:2${allowed}`,
    ]);
  });
});
