import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { type ServedDaemon, serveDaemon } from './testing/served-daemon.ts';

const RUNNING = /^run {30}RUNNING {3}pid \d+, uptime 0:00:0\d$/;

let served: ServedDaemon;

async function serve(credentials?: { username: string; password: string }): Promise<void> {
  served = await serveDaemon({}, credentials);
  served.daemon.supervisor.addGroup(groupSpec('run', { processes: [processSpec('run', { startsecs: 0 })] }), 'local');
  await served.daemon.pass(0);
}

/** What a shell prints in answer to typed lines, line by line. */
async function shell(typed: string, options = ''): Promise<string[]> {
  const { out, code } = await served.ctl(options, typed);
  return [...out.split('\n'), `[${code}]`];
}

afterEach(() => served[Symbol.asyncDispose]());

describe('the shell', () => {
  beforeEach(() => serve());

  it('begins with status, prompts, and ends with the input; its exit code is 0', async () => {
    expect(await shell('pid ghost\n\n  \nnonsense\n')).toEqual([
      expect.stringMatching(RUNNING),
      'supervisor> No such process ghost',
      'supervisor> supervisor> supervisor> *** Unknown syntax: nonsense',
      'supervisor> ',
      '',
      '[0]',
    ]);
  });

  it('ends with exit or quit, and reads no further', async () => {
    for (const word of ['exit', 'quit', 'EOF']) {
      expect(await shell(`${word}\nstop run\n`)).toEqual([expect.stringMatching(RUNNING), 'supervisor> ', '', '[0]']);
    }
    expect(served.daemon.status('run').state).toBe('RUNNING');
  });

  it('asks before it ends or restarts the daemon', async () => {
    expect((await shell('shutdown\nn\nreload\n\nreload\nYes\n')).slice(1)).toEqual([
      'supervisor> Really shut the remote supervisord process down y/N? supervisor> ' +
        'Really restart the remote supervisord process y/N? supervisor> ' +
        'Really restart the remote supervisord process y/N? Restarted supervisord',
      'supervisor> ',
      '',
      '[0]',
    ]);
    expect(served.daemon.asked).toEqual(['restart']);
    expect(await shell('n\n', '-i shutdown')).toEqual(['Really shut the remote supervisord process down y/N? ', '[0]']);
  });

  it('takes the end of the input for no answer', async () => {
    expect((await shell('shutdown\n'))[1]).toBe(
      'supervisor> Really shut the remote supervisord process down y/N? ' +
        `error: <class 'EOFError'>, EOF when reading a line: file: ${served.url} line: 0`,
    );
    expect(served.daemon.asked).toEqual([]);
  });

  it('goes to another server with open', async () => {
    const away = `unix://${served.folder}/away.sock`;
    expect((await shell(`open ${away}\npid\nopen ftp://x\nopen ${served.url}\n`)).slice(1)).toEqual([
      `supervisor> ${away} no such file`,
      `supervisor> ${away} no such file`,
      'supervisor> ERROR: url must be http:// or unix://',
      expect.stringMatching(/^supervisor> run .*RUNNING/),
      'supervisor> ',
      '',
      '[0]',
    ]);
  });

  it('ends at Ctrl-C, also while a command waits', async () => {
    served.daemon.supervisor.addGroup(
      groupSpec('slow', { processes: [processSpec('slow', { autostart: false, startsecs: 60 })] }),
      'local',
    );
    const client = served.begin(['-s', served.url]);
    await expect.poll(client.out).toContain('supervisor> ');
    client.type('start slow\n');
    await expect.poll(() => served.daemon.status('slow').state).toBe('STARTING');
    client.interrupt();
    expect(await client.outcome).toMatchObject({ code: 0, out: expect.stringMatching(/supervisor> \n$/) });
  });

  it('has its prompt and server from the config file, and leaves the history of others alone', async () => {
    const history = `${served.folder}/history`;
    writeFileSync(history, 'status\n');
    writeFileSync(
      `${served.folder}/supervisord.conf`,
      `[supervisorctl]\nserverurl=${served.url}\nprompt=web1\nhistory_file=${history}\n`,
    );
    const client = served.begin([]);
    client.type('version\n');
    client.hangUp();
    expect((await client.outcome).out).toMatch(/\nweb1> 4\.\d.*\nweb1> \n$/);
    // Lines from a pipe are nobody's history.
    expect(readFileSync(history, 'utf8')).toBe('status\n');
  });
});

describe('fg', () => {
  beforeEach(() => serve());

  it('refuses what it cannot talk to', async () => {
    served.daemon.supervisor.addGroup(
      groupSpec('off', { processes: [processSpec('off', { autostart: false })] }),
      'local',
    );
    expect(await shell('', 'fg off')).toEqual(['ERROR: process not running', '', '[1]']);
    expect(await shell('', 'fg ghost')).toEqual(['ERROR: bad process name supplied', '', '[1]']);
    expect(await shell('', 'fg run off')).toEqual(['ERROR: too many process names supplied', '', '[1]']);
  });

  it('sends what is typed, until the end of the input', async () => {
    const lines = await shell('one\ntwo é\n', 'fg run');
    expect(lines).toEqual(['==> Press Ctrl-C to exit <==', 'Exiting foreground', '', '[0]']);
    expect(served.daemon.host.alive.map(({ stdin }) => stdin)).toEqual([['one\n', 'two é\n']]);
  });

  it('goes back to the shell at Ctrl-C', async () => {
    const client = served.begin(['-s', served.url]);
    client.type('fg run\n');
    await expect.poll(client.out).toContain('==> Press Ctrl-C to exit <==');
    client.interrupt();
    await expect.poll(client.out).toMatch(/Exiting foreground\nsupervisor> $/);
    client.type('exit\n');
    expect((await client.outcome).code).toBe(0);
  });

  it('notices after a line that the process is gone', async () => {
    const client = served.begin(['-s', served.url, 'fg', 'run']);
    await expect.poll(client.out).toContain('==> Press Ctrl-C to exit <==');
    const stopped = served.daemon.supervisor.stop(served.daemon.name('run'), { byHand: true });
    await served.daemon.pass(1);
    await stopped;
    client.type('hello\n');
    expect((await client.outcome).out).toMatch(/Process got killed\nExiting foreground\n$/);
  });
});

describe('a server with a password', () => {
  beforeEach(() => serve({ username: 'me', password: 'secret' }));

  it('refuses once, and not twice', async () => {
    expect(await shell('', 'status')).toEqual(['Server requires authentication', '', '[1]']);
    expect(await shell('', '-u me -p wrong avail')).toEqual(['Server requires authentication', '', '[1]']);
    expect((await shell('', '-u me -p secret version')).at(-1)).toBe('[0]');
  });

  it('asks in the shell, and never shows the password', async () => {
    const lines = await shell('me\nsecret\npid\n');
    expect(lines.slice(0, 2)).toEqual(['Server requires authentication', 'Username:Password:']);
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(RUNNING),
      `supervisor> ${process.pid}`,
      'supervisor> ',
      '',
      '[0]',
    ]);
  });

  it('asks for log tails too', async () => {
    const log = `${served.folder}/main.log`;
    writeFileSync(log, 'old line\n');
    served.daemon.settings.mainLogPath = log;
    const client = served.begin(['-s', served.url, '-u', 'me', '-p', 'secret', 'maintail', '-f']);
    await expect.poll(client.out).toContain('old line');
    client.interrupt();
    expect(await client.outcome).toMatchObject({ code: 0, err: '' });
    expect(existsSync(log)).toBe(true);
  });
});
