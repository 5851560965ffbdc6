/** Files as people write them for Supervisor, run by an agent alone. */
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { freePort } from '../support/http.ts';
import { childrenOf, commandLine, environmentOf, isAlive, procStat, workingDirectory } from '../support/proc.ts';
import { until } from '../support/until.ts';

const me = process.getuid?.() === 0 ? 'root' : String(process.getuid?.());

describe.concurrent('fleet-agent run, alone', () => {
  it('runs cat as its child until it is asked to end, and then leaves nothing but logs', async () => {
    await using agent = await LoneAgent.start('[program:cat]\ncommand=/bin/cat\n');
    const pid = await agent.pidOf('cat');
    expect(commandLine(pid)).toEqual(['/bin/cat']);
    expect(procStat(pid)?.ppid).toBe(agent.pid);
    expect(agent.read('supervisord.pid')).toBe(`${agent.pid}\n`);
    await agent.says(/^success: cat entered RUNNING state, process has stayed up for > than 1 seconds \(startsecs\)$/);
    expect(isAlive(pid)).toBe(true);
    expect(new Set(agent.alive())).toEqual(new Set([agent.pid, pid]));
    await until('all of the log has come to its standard output too', () => agent.stdout() === agent.log());

    const ended = await agent.end();
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(agent.alive()).toEqual([]);
    expect(isAlive(pid)).toBe(false);
    expect(agent.read('supervisord.pid')).toBe('');
    expect(agent.messages()).toContain('received SIGTERM indicating exit request');
    expect(agent.messages().at(-1)).toBe('stopped: cat (terminated by SIGTERM)');
  });

  it.each([
    { start: '', names: ['cat_00', 'cat_01'] },
    { start: 'numprocs_start=2', names: ['cat_02', 'cat_03'] },
  ])('makes two processes of numprocs=2 $start', async ({ start, names }) => {
    await using agent = await LoneAgent.start(
      `[program:cat]\ncommand=/bin/cat\nprocess_name=%(program_name)s_%(process_num)02d\nnumprocs=2\n${start}\n`,
    );
    const pids = await Promise.all(names.map((name) => agent.pidOf(name)));
    expect(new Set(childrenOf(agent.pid))).toEqual(new Set(pids));
    pids.forEach((pid, index) => {
      const own = { SUPERVISOR_PROCESS_NAME: names[index], SUPERVISOR_GROUP_NAME: 'cat' };
      expect(environmentOf(pid)).toMatchObject(own);
    });
  });

  it('puts programs into a group of their own instead of each into its', async () => {
    await using agent = await LoneAgent.start(
      '[group:foo]\nprograms=bar,baz\npriority=999\n\n[program:bar]\ncommand=/bin/cat\n\n[program:baz]\ncommand=/bin/cat\n',
    );
    const pids = [await agent.pidOf('bar'), await agent.pidOf('baz')];
    expect(childrenOf(agent.pid)).toHaveLength(2);
    const names = pids
      .map((pid) => environmentOf(pid))
      .map((env) => [env.SUPERVISOR_GROUP_NAME, env.SUPERVISOR_PROCESS_NAME]);
    expect(names).toEqual([
      ['foo', 'bar'],
      ['foo', 'baz'],
    ]);
  });

  it('runs a Tomcat with everything people write around it', async () => {
    await using agent = new LoneAgent(`
[program:tomcat]
command=%(here)s/bin/catalina.sh run      # in the foreground, or it cannot be supervised
directory=%(here)s/work                   # where it is installed
autostart=true                            # with the supervisor
startsecs=10                              # it takes its time
autorestart=true                          # whatever the exit code
startretries=3
user=${me}                                # binds port 80
priority=999
stopsignal=INT
redirect_stderr=true                      # one log for both
stdout_logfile_maxbytes=200MB             # 50MB is a day
stdout_logfile_backups = 100              # a year
stdout_logfile=catalina.out               ; the folder must exist
stopasgroup=false                         # the JVM has no children
killasgroup=false
`);
    const script = `#!/bin/sh
trap 'echo stopped by INT; exit 0' INT
echo "started with $1"
echo "a warning" >&2
while :; do read -r line; done
`;
    agent.write('bin/catalina.sh', script, 0o755);
    agent.write('work/.keep', '');
    agent.launch();
    const pid = await agent.pidOf('tomcat');
    await until('both streams are in the log', () => agent.read('catalina.out') === 'started with run\na warning\n');
    expect(commandLine(pid)).toEqual(['/bin/sh', agent.path('bin/catalina.sh'), 'run']);
    expect(workingDirectory(pid)).toBe(agent.path('work'));
    expect(agent.log()).not.toContain('entered RUNNING');
    await agent.end();
    expect(agent.read('catalina.out')).toBe('started with run\na warning\nstopped by INT\n');
    expect(agent.messages().at(-1)).toBe('stopped: tomcat (exit status 0)');
    expect(agent.alive()).toEqual([]);
  });

  it('runs a main file with everything around the programs, and the files it includes', async () => {
    const port = await freePort();
    const main = `; Main file with everything around the programs.
[unix_http_server]
file = %(here)s/supervisor.sock	; the socket
chmod = 0700			; of the owner alone

[inet_http_server]		; for the status page
port = 127.0.0.1:${port}
username = user
password = 123

[supervisord]
logfile = supervisord.log	; in the working folder
logfile_maxbytes = 50MB
logfile_backups = 10
loglevel = info
pidfile = %(here)s/run.pid
nodaemon = false
minfds = 1024
minprocs = 200
environment = REGION=eu,STAGE="test"

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://%(here)s/supervisor.sock	; must be the file above

[processcontrol]
retention = %(days)s

[include]
files = conf/*.conf
`;
    await using agent = new LoneAgent('', {
      files: {
        'etc/main.conf': main,
        'etc/conf/10-web.conf': '# Waits.\n[program:web]\ncommand : /bin/sleep\n    1000\n    2000\npriority = 5\n',
        'etc/conf/20-worker.conf':
          '[program:worker]\ncommand = sleep 1000	 ; long enough\nloglevel = debug\nprocess_name = %(program_name)s_%(process_num)d\nnumprocs = 2\nenvironment = FROM="%(here)s",REGION=us\n',
        'etc/conf/notes.txt': '[program:not_me]\ncommand = sleep 1000\n',
      },
    });
    agent.launch({ args: ['run', '-c', 'etc/main.conf', '--data-dir', 'data'] });
    const web = await agent.pidOf('web');
    const workers = [await agent.pidOf('worker_0'), await agent.pidOf('worker_1')];
    expect(commandLine(web)).toEqual(['/bin/sleep', '1000', '2000']);
    expect(environmentOf(web)).toMatchObject({
      REGION: 'eu',
      STAGE: 'test',
      SUPERVISOR_ENABLED: '1',
      SUPERVISOR_SERVER_URL: `unix://${agent.path('etc/supervisor.sock')}`,
    });
    for (const pid of workers) {
      expect(environmentOf(pid)).toMatchObject({ REGION: 'us', STAGE: 'test', FROM: agent.path('etc/conf') });
    }
    expect(childrenOf(agent.pid)).toHaveLength(3);
    expect(agent.read('etc/run.pid')).toBe(`${agent.pid}\n`);
    for (const file of ['10-web.conf', '20-worker.conf']) {
      await agent.says(new RegExp(`^Included extra file ".*etc/conf/${file}" during parsing$`));
    }
    expect(agent.log()).not.toContain('notes.txt');
  });

  it('gives programs the environment their file describes, over its own', async () => {
    await using agent = await LoneAgent.start(
      `[program:env]
command=sleep 1000
environment=VAR1=value1,VAR2="a,b%%c",HOME_DIR="%(ENV_HOME)s/x",HERE="%(here)s",LATER="it's 1; 2"
`,
      { env: { HOME: '/home/ann', INHERITED: 'yes' } },
    );
    const env = environmentOf(await agent.pidOf('env'));
    expect(env).toMatchObject({
      VAR1: 'value1',
      VAR2: 'a,b%c',
      HOME_DIR: '/home/ann/x',
      HERE: agent.folder,
      INHERITED: 'yes',
      HOME: '/home/ann',
      SUPERVISOR_ENABLED: '1',
    });
    expect(env.SUPERVISOR_SERVER_URL).toBeUndefined();
    expect(Object.keys(env).filter((name) => /^FLEET_(?!TEST)/.test(name))).toEqual([]);
  });

  it('brings back what is killed, each time, and lets the others be', async () => {
    await using agent = await LoneAgent.start(
      '[program:victim]\ncommand=sleep 1000\nstartsecs=0\n\n[program:other]\ncommand=sleep 2000\n',
    );
    const other = await agent.pidOf('other');
    for (const run of [1, 2]) {
      const pid = await agent.pidOf('victim', run);
      process.kill(pid, 'SIGKILL');
      const next = await agent.pidOf('victim', run + 1);
      expect(next).not.toBe(pid);
      expect(commandLine(next)).toEqual(['sleep', '1000']);
      expect(isAlive(pid)).toBe(false);
    }
    await agent.says(/^exited: victim \(terminated by SIGKILL; not expected\)$/, 2);
    expect(agent.pidsOf('victim')).toHaveLength(3);
    expect(new Set(childrenOf(agent.pid))).toEqual(new Set([other, await agent.pidOf('victim', 3)]));
    expect(agent.pidsOf('other')).toEqual([other]);
  });
});
