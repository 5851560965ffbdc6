import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { beginClient, type ServedDaemon, serveDaemon } from './testing/served-daemon.ts';

const manual = (name: string) => processSpec(name, { autostart: false, startsecs: 0 });

let served: ServedDaemon;

beforeEach(async () => {
  served = await serveDaemon();
  const { supervisor } = served.daemon;
  supervisor.addGroup(groupSpec('run', { processes: [processSpec('run', { startsecs: 0 })] }), 'local');
  supervisor.addGroup(groupSpec('off', { processes: [manual('off')] }), 'local');
  supervisor.addGroup(groupSpec('w', { processes: [manual('w0'), manual('w1')] }), 'local');
  await served.daemon.pass(0);
});
afterEach(() => served[Symbol.asyncDispose]());

/** What a command prints, and its exit code. */
async function ctl(words: string, typed = ''): Promise<string> {
  const { out, err, code } = await served.ctl(words, typed);
  return `${out}${err}[${code}]`;
}

describe('status', () => {
  it('is a table, and 3 when something in it is stopped', async () => {
    expect(await ctl('status')).toMatch(
      new RegExp(
        [
          'off {30}STOPPED {3}Not started',
          'run {30}RUNNING {3}pid \\d+, uptime 0:00:00',
          'w:w0 {29}STOPPED {3}Not started',
          'w:w1 {29}STOPPED {3}Not started',
          '\\[3\\]$',
        ].join('\n'),
      ),
    );
    expect(await ctl('status run')).toMatch(/\[0\]$/);
  });

  it('names what there is not; the last verdict is the exit code', async () => {
    expect(await ctl('status ghost')).toBe('ghost: ERROR (no such process)\n[4]');
    expect(await ctl('status ghost:*')).toBe('ghost: ERROR (no such group)\n[4]');
    expect(await ctl('status w')).toBe('w: ERROR (no such process)\n[4]');
    expect(await ctl('status off ghost')).toMatch(/^ghost: ERROR.*\noff .*\[3\]$/s);
    expect(await ctl('status run ghost')).toMatch(/^ghost: ERROR.*\nrun .*\[4\]$/s);
  });
});

describe('start, stop, restart, signal, clear', () => {
  it.each([
    ['start off', 'off: started\n[0]'],
    ['start run', 'run: ERROR (already started)\n[0]'],
    ['start ghost run', 'ghost: ERROR (no such process)\nrun: ERROR (already started)\n[1]'],
    ['start ghost:*', 'ghost: ERROR (no such group)\n[2]'],
    ['start w:*', 'w:w0: started\nw:w1: started\n[0]'],
    ['start w:w0', 'w:w0: started\n[0]'],
    ['stop run', 'run: stopped\n[0]'],
    ['stop off', 'off: ERROR (not running)\n[0]'],
    ['stop ghost:*', 'ghost: ERROR (no such group)\n[1]'],
    ['stop ghost all', 'run: stopped\n[0]'],
    ['restart off', 'off: ERROR (not running)\noff: started\n[0]'],
    ['restart run off', 'run: stopped\noff: ERROR (not running)\nrun: started\noff: started\n[0]'],
    ['signal HUP run', 'run: signalled\n[0]'],
    ['signal NOPE run', 'run: ERROR (bad signal name)\n[1]'],
    ['signal HUP off', 'off: ERROR (not running)\n[7]'],
    ['signal HUP ghost:*', 'ghost: ERROR (no such group)\n[1]'],
    ['clear run', 'run: cleared\n[0]'],
    ['clear w:*', 'w:None: ERROR (no such process)\n[1]'],
  ])('%s', async (words, expected) => {
    expect(await ctl(words)).toBe(expected);
  });

  it.each([
    ['start', 'Error: start requires a process name', 2],
    ['stop', 'Error: stop requires a process name', 1],
    ['restart', 'Error: restart requires a process name', 1],
    ['signal HUP', 'Error: signal requires a signal name and a process name', 1],
    ['clear', 'Error: clear requires a process name', 1],
    ['reread x', 'Error: reread accepts no arguments', 1],
    ['avail x', 'Error: avail accepts no arguments', 1],
    ['version x', 'Error: version accepts no arguments', 1],
    ['shutdown x', 'Error: shutdown accepts no arguments', 1],
    ['reload x', 'Error: reload accepts no arguments', 1],
    ['fg', 'ERROR: no process name supplied', 1],
  ])('%s is a mistake, and shows how it is written', async (words, message, code) => {
    const { out, code: got } = await served.ctl(words);
    expect(out.split('\n')[0]).toBe(message);
    expect(out.split('\n')[1]).toContain(words.split(' ')[0]);
    expect(got).toBe(code);
  });
});

describe('pid, version, avail, help', () => {
  it('prints pids, and 7 for one that is not there', async () => {
    const { pid } = served.daemon.status('run');
    expect(await ctl('pid')).toBe(`${process.pid}\n[0]`);
    expect(await ctl('pid run off')).toBe(`${pid}\n0\n[7]`);
    expect(await ctl('pid all')).toBe(`0\n${pid}\n0\n0\n[0]`);
    expect(await ctl('pid w:*')).toBe('No such process w:*\n[1]');
  });

  it('prints the version of the daemon', async () => {
    expect(await ctl('version')).toMatch(/^4\.\d.*\n\[0\]$/);
  });

  it('lists what is configured', async () => {
    served.daemon.settings.configured = [groupSpec('new', { priority: 7 })];
    expect(await ctl('avail')).toBe(`${'new'.padEnd(32)} avail     auto      7:999\n[0]`);
  });

  it('helps', async () => {
    expect(await ctl('help')).toBe(await ctl('?'));
    expect((await ctl('help')).split('\n').slice(0, 3)).toEqual([
      '',
      'default commands (type help <topic>):',
      '=====================================',
    ]);
    expect(await ctl('help tail')).toMatch(/^tail <name>.*\[0\]$/s);
    expect(await ctl('help nothing')).toBe('*** No help on nothing\n[0]');
    expect(await ctl('nonsense x')).toBe('*** Unknown syntax: nonsense x\n[1]');
  });
});

describe('reread, add, remove, update', () => {
  beforeEach(() => {
    served.daemon.settings.configured = [groupSpec('new'), groupSpec('off')];
    served.daemon.settings.changes = { added: ['new'], changed: ['off'], removed: ['w', 'run'] };
  });

  it('reread sorts by name', async () => {
    expect(await ctl('reread')).toBe('new: available\noff: changed\nrun: disappeared\nw: disappeared\n[0]');
    served.daemon.settings.changes = { added: [], changed: [], removed: [] };
    expect(await ctl('reread')).toBe('No config updates to processes\n[0]');
    expect(await ctl('update')).toBe('[0]');
  });

  it('update goes group by group', async () => {
    expect(await ctl('update')).toBe(
      'w: stopped\nw: removed process group\nrun: stopped\nrun: removed process group\n' +
        'off: stopped\noff: updated process group\nnew: added process group\n[0]',
    );
  });

  it('update of some names says which it does not know, and goes on', async () => {
    expect(await ctl('update ghost new new')).toBe('ERROR: no such group: ghost\nnew: added process group\n[1]');
    expect(await ctl('update ghost all')).toMatch(/^w: stopped/);
  });

  it('add and remove', async () => {
    expect(await ctl('add new off ghost')).toBe(
      'new: added process group\nERROR: process group already active\nERROR: no such process/group: ghost\n[1]',
    );
    expect(await ctl('remove run w ghost')).toBe(
      'ERROR: process/group still running: run\nw: removed process group\nERROR: no such process/group: ghost\n[1]',
    );
  });

  it('a broken config is told by reread, and a fault to update', async () => {
    served.daemon.settings.problems = [
      { file: '/c', line: 2, section: 'program:x', option: undefined, message: 'bad thing in section program:x' },
    ];
    expect(await ctl('reread')).toMatch(/^ERROR: CANT_REREAD: .*bad thing.*\n\[1\]$/);
    expect(await ctl('update')).toMatch(
      /^error: <class 'xmlrpc\.client\.Fault'>, <Fault 92: .*CANT_REREAD: .*>: file: unix:.* line: 0\n\[1\]$/,
    );
  });

  it('a daemon on its way out is told by each in its own words', async () => {
    served.daemon.settings.state = 'shutting-down';
    expect(await ctl('reread')).toBe('ERROR: supervisor shutting down\n[1]');
    expect(await ctl('avail')).toBe('ERROR: supervisor shutting down\n[1]');
    expect(await ctl('update')).toBe('ERROR: already shutting down\n[1]');
    expect(await ctl('add new')).toBe('ERROR: shutting down\n[1]');
    expect(await ctl('reload')).toBe('ERROR: already shutting down\n[1]');
    expect(await ctl('shutdown')).toBe('ERROR: already shutting down\n[0]');
    expect(await ctl('status')).toBe(
      `error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'SHUTDOWN_STATE'>: file: ${served.url} line: 0\n[1]`,
    );
  });
});

describe('tail and maintail', () => {
  it('show the end of a log, or why there is none', async () => {
    const log = `${served.folder}/main.log`;
    writeFileSync(log, 'one\ntwo\n');
    served.daemon.settings.mainLogPath = log;
    expect(await ctl('maintail -4')).toBe('two\n\n[0]');
    expect(await ctl('tail run')).toBe('run: ERROR (no log file)\n[1]');
    expect(await ctl('tail ghost')).toBe('ghost: ERROR (no such process name)\n[1]');
    expect(await ctl('tail run foo')).toBe("Error: bad channel 'foo'\n[1]");
    expect(await ctl('tail -99999999999 run')).toMatch(/^error: <class 'OverflowError'>, .*\[1\]$/s);
  });

  it('follow until Ctrl-C', async () => {
    const log = `${served.folder}/main.log`;
    writeFileSync(log, 'old line\n');
    served.daemon.settings.mainLogPath = log;
    const client = served.begin(['-s', served.url, 'maintail', '-f']);
    await expect.poll(client.out).toBe('==> Press Ctrl-C to exit <==\nold line\n');
    client.interrupt();
    expect(await client.outcome).toMatchObject({ out: '==> Press Ctrl-C to exit <==\nold line\n\n', code: 0 });
  });

  it('say on stderr what cannot be followed', async () => {
    expect(await served.ctl('tail -f run')).toEqual({
      out: '==> Press Ctrl-C to exit <==\n',
      err: `${served.url}/logtail/run/stdout Cannot read, status code 404\n`,
      code: 0,
    });
  });
});

describe('servers that are not there', () => {
  it.each([
    ['version', 'URL no such file\n[7]'],
    ['status', 'URL no such file\n[4]'],
    ['open URL', 'URL no such file\n[0]'],
    ['shutdown', 'ERROR: URL no such file (already shut down?)\n[1]'],
    ['avail', "error: <class 'FileNotFoundError'>, [Errno 2] No such file or directory: file: URL line: 0\n[1]"],
  ])('%s', async (words, expected) => {
    const url = `unix://${served.folder}/no.sock`;
    const client = beginClient(['-s', url, ...words.replace('URL', url).split(' ')], served.folder);
    const { out, code } = await client.outcome;
    expect(`${out}[${code}]`).toBe(expected.replaceAll('URL', url));
  });

  it('refuse connections: 4', async () => {
    const { port } = await closedPort();
    const url = `http://127.0.0.1:${port}`;
    const { out, code } = await beginClient(['-s', url, 'pid'], served.folder).outcome;
    expect({ out, code }).toEqual({ out: `${url} refused connection\n`, code: 4 });
  });

  it('close the connection in the middle of a call: an error, not a wait', async () => {
    await using server = await listening((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n')));
    const { out, code } = await beginClient(['-s', server.url, 'pid'], served.folder).outcome;
    expect(out).toMatch(/^error: <class 'http.client.RemoteDisconnected'>, /);
    expect(code).toBe(1);
  });

  it('speak something else', async () => {
    await using server = await listening((socket) => socket.end('220 mail.example ready\r\n\r\n'));
    const { out, code } = await beginClient(['-s', server.url, 'pid'], served.folder).outcome;
    expect(out).toMatch(/^error: <class 'http.client.BadStatusLine'>, /);
    expect(code).toBe(1);
  });

  it('have another URL than Supervisor understands', async () => {
    const { out, code } = await beginClient(['-s', 'ftp://x/', 'pid'], served.folder).outcome;
    expect(out).toBe("error: <class 'ValueError'>, Unknown protocol for serverurl ftp://x/: file: ftp://x/ line: 0\n");
    expect(code).toBe(1);
  });
});

/** A port where nobody listens. */
async function closedPort(): Promise<{ port: number }> {
  await using server = await listening(() => {});
  return { port: server.port };
}

async function listening(onConnection: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume();
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
