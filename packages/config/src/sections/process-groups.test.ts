import { describe, expect, it } from 'vitest';
import { namesOf, parsed, problemsOf } from '../fixtures/test-context.ts';

const program = (name: string, options = '') => `[program:${name}]\ncommand=/bin/cat\n${options}\n`;

describe('[group:x]', () => {
  it('takes its programs away from groups of their own, in the order of its list', () => {
    const config = parsed(`${program('a', 'priority=1')}${program('b', 'priority=2')}[group:g]\nprograms= b, a\n`);
    expect(namesOf(config)).toEqual(['g:b', 'g:a']);
    expect(config.groups[0]).toMatchObject({ kind: 'group', priority: 999 });
    expect(config.groups[0]?.processes.map(({ program: name, group }) => [name, group])).toEqual([
      ['b', 'g'],
      ['a', 'g'],
    ]);
  });

  it('may be empty, and a program may be in two', () => {
    const config = parsed(`${program('a')}[group:g]\nprograms=a\n[group:h]\nprograms=a\n[group:none]\n`);
    expect(namesOf(config)).toEqual(['g:a', 'h:a']);
    expect(config.groups.map(({ name }) => name)).toEqual(['g', 'h', 'none']);
  });

  it('gives its name to %(group_name)s', () => {
    const config = parsed(`${program('a', 'command=%(group_name)s')}[group:g]\nprograms=a\n`);
    expect(config.groups[0]?.processes[0]?.command).toBe('g');
  });

  it('keeps the socket of an fcgi-program', () => {
    const config = parsed('[fcgi-program:f]\ncommand=x\nsocket=tcp://h:9000\n[group:g]\nprograms=f\n');
    expect(config.groups[0]?.processes[0]).toMatchObject({ kind: 'fcgi-program', fcgiSocket: { url: 'tcp://h:9000' } });
  });

  it.each([
    ['[group:g]\nprograms=ghost', '[group:g] names unknown program or fcgi-program ghost'],
    [`${program('a')}[group:g]\nprograms=a,ghost`, '[group:g] names unknown program or fcgi-program ghost'],
    [
      `${program('a')}[fcgi-program:a]\ncommand=x\nsocket=tcp://h:1\n[group:g]\nprograms=a`,
      '[group:g] name a is ambiguous (exists as program and fcgi-program)',
    ],
  ])('%#', (text, message) => {
    expect(problemsOf(text)).toMatchObject([{ section: 'group:g', option: 'programs', message }]);
  });
});

describe('the order of groups', () => {
  it('is by priority, then name; listeners come first by default', () => {
    const config = parsed(
      `${program('b')}${program('a')}${program('z', 'priority=-2')}[eventlistener:e]\ncommand=x\nevents=EVENT\n`,
    );
    expect(config.groups.map(({ name, priority }) => [name, priority])).toEqual([
      ['z', -2],
      ['e', -1],
      ['a', 999],
      ['b', 999],
    ]);
  });

  it('keeps a second group of the same name behind the first', () => {
    const config = parsed(`${program('x')}[fcgi-program:x]\ncommand=x\nsocket=tcp://h:1\n[group:x]\nprograms=\n`);
    expect(config.groups.map(({ kind }) => kind)).toEqual(['group', 'program', 'fcgi-program']);
  });
});

describe('[fcgi-program:x]', () => {
  const fcgi = (options: string) => `[fcgi-program:f]\ncommand=x\n${options}`;

  it.each([
    ['socket=unix:///tmp/%(program_name)s', { url: 'unix:///tmp/f', path: '/tmp/f', mode: 0o700, owner: undefined }],
    ['socket=unix:///tmp/../f\nsocket_mode=0666\nsocket_owner=ann:www', { path: '/f', mode: 0o666, owner: 'ann:www' }],
    ['socket=tcp://LOCALHOST:9000\nsocket_backlog=5', { url: 'tcp://localhost:9000', host: 'localhost', backlog: 5 }],
  ])('%s', (options, socket) => {
    const [group] = parsed(fcgi(options)).groups;
    expect(group).toMatchObject({ kind: 'fcgi-program', socket });
    expect(group?.processes[0]?.fcgiSocket).toMatchObject(socket);
  });

  it.each([
    ['', 'socket', '[fcgi-program:f] section requires a "socket" line'],
    ['socket=what://x', 'socket', 'Bad socket format what://x'],
    ['socket=unix://rel', 'socket', 'Unix socket path rel is not an absolute path'],
    ['socket=tcp://h:99999', 'socket', '99999 is above upper bound (65535)'],
    ['socket=tcp://h:1\nsocket_backlog=70000', 'socket_backlog', 'Invalid socket_backlog value 70000'],
    ['socket=unix:///s\nsocket_owner=bob', 'socket_owner', 'Invalid socket_owner value bob'],
    ['socket=unix:///s\nsocket_mode=9', 'socket_mode', 'Invalid socket_mode value 9'],
    [
      'socket=tcp://h:1\nsocket_mode=0700',
      'socket_mode',
      'socket_owner and socket_mode params should only be used with a Unix domain socket',
    ],
  ])('refuses %j', (options, option, message) => {
    expect(problemsOf(fcgi(options))).toMatchObject([{ option, message }]);
  });
});

describe('[eventlistener:x]', () => {
  const listener = (options: string) => `[eventlistener:e]\ncommand=x\n${options}`;

  it('takes event types in any case, each once', () => {
    expect(parsed(listener('events=tick_5, EVENT,TICK_5\nbuffer_size=3')).groups[0]).toMatchObject({
      kind: 'eventlistener',
      events: ['EVENT', 'TICK_5'],
      bufferSize: 3,
      resultHandler: 'supervisor.dispatchers:default_handler',
      processes: [{ priority: 999 }],
    });
  });

  it.each([
    ['', 'events', '[eventlistener:e] section requires an "events" line'],
    ['events=FOO', 'events', 'Unknown event type FOO in [eventlistener:e] events'],
    ['events=EVENT\nbuffer_size=0', 'buffer_size', '[eventlistener:e] section sets invalid buffer_size (0)'],
    [
      'events=EVENT\nredirect_stderr=true',
      'redirect_stderr',
      '[eventlistener:e] section sets redirect_stderr=true but this is not allowed because it will interfere with the ' +
        'eventlistener protocol',
    ],
    [
      'events=EVENT\nresult_handler=a:b',
      'result_handler',
      'a:b cannot be resolved within [eventlistener:e]: Python handlers cannot be loaded',
    ],
  ])('refuses %j', (options, option, message) => {
    expect(problemsOf(listener(options))).toMatchObject([{ option, message }]);
  });
});
