import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffGroups, diffProcess } from './diff.ts';
import { parsed } from './fixtures/test-context.ts';

const groups = (text: string) => parsed(text).groups;
const P = '[program:p]\ncommand=/bin/cat\n';
const NOTHING = { added: [], changed: [], removed: [] };

describe('diffGroups', () => {
  it('knows what is new, what is gone and what differs, in their orders', () => {
    const before = groups(`${P}[program:x]\ncommand=x\n[program:a]\ncommand=a\n[program:b]\ncommand=b\npriority=1\n`);
    const after = groups(`${P}startsecs=5\n[program:z]\ncommand=z\n[program:n]\ncommand=n\n[program:a]\ncommand=a\n`);
    expect(diffGroups(before, after)).toEqual({ added: ['n', 'z'], changed: ['p'], removed: ['b', 'x'] });
  });

  it.each([
    ...['command=/bin/cat -u', 'directory=/x', 'umask=022', 'user=ann', 'priority=5', 'autostart=false'],
    ...['autorestart=true', 'startsecs=2', 'startretries=4', 'stopsignal=INT', 'stopwaitsecs=1', 'stopasgroup=true'],
    ...['killasgroup=true', 'exitcodes=0,2', 'redirect_stderr=true', 'environment=A=1', 'serverurl=http://x'],
    ...['stdout_logfile=/tmp/x', 'stdout_logfile=NONE', 'stdout_logfile_maxbytes=1', 'stdout_logfile_backups=1'],
    ...['stdout_capture_maxbytes=1', 'stdout_events_enabled=true', 'stderr_syslog=true', 'stderr_logfile=off'],
    ...['numprocs=2\nprocess_name=p%(process_num)d', 'process_name=q'],
  ])('sees %j', (option) => {
    expect(diffGroups(groups(P), groups(P + option))).toEqual({ ...NOTHING, changed: ['p'] });
  });

  it.each(['numprocs_start=5', 'unknown=1', '# comment'])('passes over %j', (option) => {
    expect(diffGroups(groups(P), groups(P + option))).toEqual(NOTHING);
  });

  it('takes a wanted AUTO for whatever log is there', () => {
    for (const target of ['/tmp/x', 'NONE']) {
      expect(diffGroups(groups(`${P}stdout_logfile=${target}`), groups(P))).toEqual(NOTHING);
    }
  });

  it('compares the effect of [supervisord] environment', () => {
    expect(diffGroups(groups(P), groups(`environment=A=1\n${P}`)).changed).toEqual(['p']);
  });

  it('sees a program that moves into a group as one gone and one new', () => {
    const moved = groups(`${P}[group:g]\nprograms=p`);
    expect(diffGroups(groups(P), moved)).toEqual({ added: ['g'], changed: [], removed: ['p'] });
  });

  it('compares kinds, but a [group:p] of p is the program p', () => {
    const listener = groups('[eventlistener:p]\ncommand=/bin/cat\nevents=EVENT\npriority=999\n');
    expect(diffGroups(groups(P), listener).changed).toEqual(['p']);
    expect(diffGroups(groups(P), groups(`${P}[group:p]\nprograms=p`))).toEqual(NOTHING);
  });

  it('compares what runs of two processes of one name: the last', () => {
    const twins = `[program:p]\ncommand=p\nprocess_name=x\n[program:q]\ncommand=q\nprocess_name=x\n[group:g]\nprograms=p,q`;
    const read = groups(twins);
    const active = read.map((group) => ({ ...group, processes: group.processes.slice(1) }));
    expect(diffGroups(active, read)).toEqual(NOTHING);
    expect(diffGroups(active, groups(twins.replace('command=q', 'command=z'))).changed).toEqual(['g']);
  });

  it('compares order within a group', () => {
    const two = `${P}[program:q]\ncommand=q\n[group:g]\nprograms=`;
    expect(diffGroups(groups(`${two}p,q`), groups(`${two}q,p`)).changed).toEqual(['g']);
  });

  it('compares of a FastCGI socket the address alone', () => {
    const fcgi = (options: string) => groups(`[fcgi-program:f]\ncommand=x\n${options}`);
    const before = fcgi('socket=unix:///tmp/f');
    expect(diffGroups(before, fcgi('socket=unix:///tmp/g')).changed).toEqual(['f']);
    const others = 'socket=unix:///tmp/f\nsocket_mode=0777\nsocket_owner=ann\nsocket_backlog=9';
    expect(diffGroups(before, fcgi(others))).toEqual(NOTHING);
  });

  it('compares of a listener the events as a set, and the buffer', () => {
    const listener = (options: string) => groups(`[eventlistener:e]\ncommand=x\n${options}`);
    const before = listener('events=TICK_5,EVENT');
    expect(diffGroups(before, listener('events=EVENT,TICK_5'))).toEqual(NOTHING);
    expect(diffGroups(before, listener('events=EVENT')).changed).toEqual(['e']);
    expect(diffGroups(before, listener('events=TICK_5,EVENT\nbuffer_size=11')).changed).toEqual(['e']);
  });

  it('shows a shadowed group as changed for ever, as Supervisor does', () => {
    const both = groups(`${P}[fcgi-program:p]\ncommand=x\nsocket=tcp://h:1\n`);
    expect(diffGroups(both.slice(0, 1), both).changed).toEqual(['p']);
  });

  it('finds nothing between a config and itself', () => {
    const line = fc.constantFrom(
      ...['[program:a]', '[program:b]', '[group:g]', '[eventlistener:e]', 'command=x', 'events=EVENT', 'programs=a'],
      ...['numprocs=2', 'process_name=%(process_num)d', 'priority=3', 'environment=A=1', 'stdout_logfile=NONE'],
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
        const read = () => {
          try {
            return groups(lines.join('\n'));
          } catch {
            return []; // Not a config: nothing to compare.
          }
        };
        // Of two groups of one name only the first ever exists.
        const unique = [...new Map(read().map((group) => [group.name, group])).values()];
        expect(diffGroups(unique, unique)).toEqual(NOTHING);
        expect(diffGroups([], unique).added).toEqual(unique.map(({ name }) => name));
        expect(diffGroups(unique, []).removed).toEqual(unique.map(({ name }) => name));
      }),
      { numRuns: 200 },
    );
  });
});

describe('diffProcess', () => {
  it('names options as the file does', () => {
    const [before] = groups(P)[0]?.processes ?? [];
    const [after] = groups(`${P}environment=A=1\nstderr_logfile=NONE\ncommand=y`)[0]?.processes ?? [];
    if (before === undefined || after === undefined) throw new Error('no process');
    expect(diffProcess(before, after)).toEqual(['command', 'environment', 'stderr_logfile']);
    expect(diffProcess(after, after)).toEqual([]);
  });
});
