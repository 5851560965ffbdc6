import { describe, expect, it } from 'vitest';
import { namesOf, parsed, problemsOf, testContext } from '../fixtures/test-context.ts';
import { globPaths } from './glob-paths.ts';

const program = (name: string, more = '') => `[program:${name}]\ncommand=/bin/${name}\n${more}`;

describe('[include]', () => {
  const files = {
    '/etc/conf.d/20-b.conf': program('b', 'directory=%(here)s\n'),
    '/etc/conf.d/10-a.conf': program('a'),
    '/etc/conf.d/.hidden.conf': program('hidden'),
    '/etc/more/x.ini': program('x', '[supervisord]\nminfds=77\n[program:a]\nstartsecs=9\n'),
  };

  it('reads matches by name, pattern after pattern, relative to the main file', () => {
    const config = parsed('[include]\nfiles = more/*.ini\n  conf.d/*.conf\n', testContext(files));
    expect(config.files).toEqual([
      '/etc/supervisord.conf',
      '/etc/more/x.ini',
      '/etc/conf.d/10-a.conf',
      '/etc/conf.d/20-b.conf',
    ]);
    expect(config.infos[0]).toBe('Included extra file "/etc/more/x.ini" during parsing');
    expect(namesOf(config)).toEqual(['a:a', 'b:b', 'x:x']);
  });

  it('lets an included file add to any section, and keeps the place of the first', () => {
    const config = parsed(`${program('a')}[include]\nfiles = more/*.ini`, testContext(files));
    expect(config.daemon.minfds).toBe(77);
    expect(config.groups[0]).toMatchObject({ name: 'a', source: { file: '/etc/supervisord.conf', line: 2 } });
    expect(config.groups[0]?.processes[0]?.startsecs).toBe(9);
  });

  it('means by %(here)s the folder of the file that says it', () => {
    const config = parsed(`${program('m', 'directory=%(here)s\n')}[include]\nfiles=conf.d/20*`, testContext(files));
    expect(config.groups.map(({ processes }) => processes[0]?.directory)).toEqual(['/etc/conf.d', '/etc']);
  });

  it('ignores an include in an included file, and warns of a pattern without match', () => {
    const nested = { '/etc/a.conf': '[include]\nfiles=b.conf\n', '/etc/b.conf': program('b') };
    const config = parsed('[include]\nfiles = a.conf none/*\n', testContext(nested));
    expect(config.files).toEqual(['/etc/supervisord.conf', '/etc/a.conf']);
    expect(config.warnings).toEqual([
      {
        file: '/etc/supervisord.conf',
        line: 3,
        section: 'include',
        message: 'No file matches via include "/etc/none/*"',
      },
    ]);
  });

  it('says where a bad line in an included file is, and nothing that follows from it', () => {
    const bad = { '/etc/a.conf': `${program('a')}oops\n`, '/etc/b.conf': 'stray=1' };
    expect(problemsOf('[include]\nfiles=*.conf\n[program:x]\n', testContext(bad))).toMatchObject([
      { file: '/etc/a.conf', line: 3, section: 'program:a' },
      { file: '/etc/b.conf', line: 1, section: undefined },
    ]);
  });

  it('names the missing option', () => {
    expect(problemsOf('[include]\n')).toMatchObject([
      {
        line: 2,
        section: 'include',
        option: 'files',
        message: '.ini file has [include] section, but no files setting',
      },
    ]);
  });
});

describe('globPaths', () => {
  const folders: Record<string, readonly string[]> = {
    '/': ['c'],
    '/c': ['b.conf', 'a.conf', '.a.conf', 'd', 'x1', 'xa'],
    '/c/d': ['e.conf'],
  };
  const files = {
    listDirectory: (path: string) => folders[path] ?? [],
    exists: (path: string) =>
      ['/c/b.conf', '/c/a.conf', '/c/.a.conf', '/c/d', '/c/x1', '/c/xa', '/c/d/e.conf'].includes(path),
  };
  it.each([
    ['/c/*.conf', ['/c/a.conf', '/c/b.conf']],
    ['/c/.*', ['/c/.a.conf']],
    ['/c/x[0-9]', ['/c/x1']],
    ['/c/x[!0-9]', ['/c/xa']],
    ['/*/?.conf', ['/c/a.conf', '/c/b.conf']],
    ['/c/**/e.conf', ['/c/d/e.conf']],
    ['/c/**.conf', ['/c/a.conf', '/c/b.conf']],
    ['/c/{a,b}.conf', []],
    ['/c/d', ['/c/d']],
    ['/c/nothing', []],
  ])('%s', (pattern, expected) => {
    expect(globPaths(pattern, files)).toEqual(expected);
  });
});
