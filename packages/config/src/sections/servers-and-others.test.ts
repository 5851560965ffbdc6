import { describe, expect, it } from 'vitest';
import { parsed, problemsOf } from '../fixtures/test-context.ts';
import { childServerUrl } from './http-servers.ts';

describe('HTTP servers', () => {
  it('come inet first, with names, defaults and paths made absolute', () => {
    const { httpServers } = parsed(
      '[unix_http_server]\nfile=~/s.sock\n[inet_http_server]\nport=LocalHost:9001\nusername=u\npassword=p\n[inet_http_server:b]\nport=*:9002',
    );
    expect(httpServers).toMatchObject([
      { kind: 'inet', name: undefined, host: 'localhost', port: 9001, username: 'u', password: 'p' },
      { kind: 'inet', name: 'b', host: '', port: 9002 },
      { kind: 'unix', path: '/home/ann/s.sock', mode: 0o700, owner: undefined },
    ]);
    expect(childServerUrl(httpServers)).toBe('unix:///home/ann/s.sock');
    expect(childServerUrl(httpServers.slice(0, 2))).toBe('http://localhost:9002');
    expect(childServerUrl([])).toBeUndefined();
  });

  it.each([
    ['[inet_http_server]\n', 'port', 'section [inet_http_server] has no port value'],
    ['[inet_http_server]\nport=abc', 'port', "not a valid port number: 'abc' "],
    ['[inet_http_server]\nport=h:99999', 'port', '99999 is above upper bound (65535)'],
    ['[inet_http_server]\nport=h:0', 'port', '0 is below lower bound (1)'],
    ['[inet_http_server]\nport=h:', 'port', "no port number specified in ''"],
    ['[unix_http_server]\n', 'file', 'section [unix_http_server] has no file value'],
    ['[unix_http_server]\nfile=/s\nchmod=9', 'chmod', 'Invalid chmod value 9'],
    ['[unix_http_server]\nfile=/s\nchown=bob', 'chown', 'Invalid sockchown value bob'],
    ['[unix_http_server]\nfile=/s\nchown=ann:bob', 'chown', 'Invalid sockchown value ann:bob'],
  ])('%j', (text, option, message) => {
    expect(problemsOf(text)).toMatchObject([{ option, message }]);
  });

  it('want both a username and a password', () => {
    expect(problemsOf('[inet_http_server]\nport=1\npassword=x')).toMatchObject([
      {
        option: 'username',
        message: expect.stringMatching(/^Section \[inet_http_server\] contains incomplete authentication: /),
      },
    ]);
  });
});

describe('[supervisorctl]', () => {
  it('is read leniently: the daemon does not need it', () => {
    expect(parsed('').ctl).toBeUndefined();
    expect(parsed('[supervisorctl]\nserverurl=unix://~/s.sock\nprompt=%(ENV_NOPE)s\nhistory_file=~/h').ctl).toEqual({
      serverurl: 'unix:///home/ann/s.sock',
      username: undefined,
      password: undefined,
      prompt: 'supervisor',
      historyFile: '/home/ann/h',
    });
  });
});

describe('[rpcinterface:x]', () => {
  it('names a factory', () => {
    const factory = 'supervisor.rpcinterface:make_main_rpcinterface';
    const config = parsed(`[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = ${factory}\nretries = 3`);
    expect(config.rpcInterfaces).toMatchObject([{ name: 'supervisor', factory, options: { retries: '3' } }]);
    expect(config.warnings).toEqual([]);
    expect(problemsOf('[rpcinterface:x]')).toMatchObject([
      { message: 'section [rpcinterface:x] does not specify a supervisor.rpcinterface_factory' },
    ]);
  });

  it('is passed over with a warning when it is a plugin in Python', () => {
    expect(parsed('[rpcinterface:x]\nsupervisor.rpcinterface_factory=a.b:c').warnings).toMatchObject([
      { line: 2, message: expect.stringMatching(/^a\.b:c cannot be resolved within \[rpcinterface:x\]/) },
    ]);
  });
});

describe('[fleet]', () => {
  it('is ours', () => {
    const text =
      '[fleet]\ncontroller = Fleet.example.com:7401\nname = %(host_node_name)s\ngroups = web, eu\nlabels = region=eu,tier=\ndata_dir = var\n';
    expect(parsed(text).fleet).toMatchObject({
      controller: { host: 'fleet.example.com', port: 7401 },
      name: 'web1',
      groups: ['web', 'eu'],
      labels: { region: 'eu', tier: '' },
      dataDir: '/srv/var',
    });
    expect(parsed('').fleet).toBeUndefined();
  });

  it('says what is allowed', () => {
    const text = '[fleet]\ncontroller=:7401\nname=a b\ngroups=web,-\nlabels=region\ncolour=red';
    expect(problemsOf(text).map(({ option, message }) => [option, message])).toEqual([
      ['controller', "no host name in ':7401'"],
      ['name', "not a valid host name: 'a b'"],
      ['groups', "not a valid host group: '-'"],
      ['labels', "not a valid label: 'region'"],
    ]);
    expect(parsed('[fleet]\ncolour=red').warnings).toMatchObject([
      { line: 3, message: expect.stringMatching(/^unknown option 'colour' in \[fleet\] is ignored/) },
    ]);
  });
});
