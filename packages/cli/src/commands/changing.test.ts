/** The commands that change something: what they ask, what they say, and how they end. */
import { once } from 'node:events';
import { type Clock, FleetError, instant, systemClock } from '@fleetvisor/primitives';
import { ListHostsResponse, ListProcessesResponse, RunCommandResponse } from '@fleetvisor/protocol/api';
import { Outcome } from '@fleetvisor/protocol/common';
import { afterEach, describe, expect, it } from 'vitest';
import { exitCode } from '../exit-code.ts';
import { Ended } from '../terminal/ended.ts';
import { healthyFleet, offline, report, wholeFleet } from '../testing/answers.ts';
import { type Script, type ScriptedController, startScriptedController } from '../testing/scripted-controller.ts';
import { type Ran, run, type TestSetting } from '../testing/test-world.ts';

let controller: ScriptedController | undefined;

afterEach(async () => {
  await controller?.[Symbol.asyncDispose]();
  controller = undefined;
});

async function ask(argv: readonly string[], script: Script, setting: TestSetting = {}): Promise<Ran> {
  controller = await startScriptedController(script);
  return run(argv, { controller: controller.address, ...setting });
}

function questions(method: string): unknown[] {
  return controller?.asked.filter((one) => one.method === method).map(({ question }) => question) ?? [];
}

const restarted = [
  { name: 'cat', outcome: Outcome.OK, message: 'stopped' },
  { name: 'cat', outcome: Outcome.OK, message: 'started' },
];
const spawnError = [{ name: 'cat', outcome: Outcome.FAILED, message: 'ERROR (spawn error)' }];
const notThere = [{ name: 'cat', outcome: Outcome.NO_MATCH, message: 'ERROR (no such process)' }];

describe('start, stop, restart, signal, clear', () => {
  it('say what Supervisor says, with the host in front', async () => {
    const ran = await ask(['restart', 'cat', '--host', 'web1', '-m', 'new certificate'], {
      runCommand: () => [report('web1', restarted)],
    });
    expect(ran).toEqual({
      code: exitCode.ok,
      stdout: 'web1   cat: stopped\nweb1   cat: started\nok 1, failed 0, offline 0, no match 0\n',
      stderr: '',
    });
    expect(questions('runCommand')).toMatchObject([
      {
        scope: { hosts: ['web1'] },
        action: { verb: { $case: 'restart', value: { targets: ['cat'] } } },
        reason: 'new certificate',
        timeoutMs: 300_000,
      },
    ]);
  });

  it('print one line where there is one thing to say', async () => {
    const ran = await ask(['start', 'web1/cat'], {
      runCommand: () => [report('web1', [{ name: 'cat', outcome: Outcome.OK, message: 'started' }])],
    });
    expect(ran.stdout).toBe('web1   cat: started\n');
  });

  it('say what failed where and why, and end with 6', async () => {
    const ran = await ask(['restart', 'cat', '--group', 'web'], {
      runCommand: () => [report('web1', restarted), report('web-long', spawnError), offline('db1')],
    });
    expect(ran.stdout.split('\n')).toEqual([
      'web1   cat: stopped',
      'web1   cat: started',
      'web-long   cat: ERROR (spawn error)',
      'db1        ERROR (host offline: nothing was sent)',
      'ok 1, failed 1, offline 1, no match 0',
      '',
    ]);
    expect(ran.code).toBe(exitCode.partial);
  });

  it('end with 8 when only hosts are missing', async () => {
    const ran = await ask(['restart', 'cat'], { runCommand: () => [report('web1', restarted), offline('db1')] });
    expect(ran.code).toBe(exitCode.unreachable);
  });

  it('do not mind a host without the program where another has it', async () => {
    const ran = await ask(['restart', 'cat'], {
      runCommand: () => [report('db1', notThere), report('web1', restarted)],
    });
    expect(ran).toMatchObject({ code: exitCode.ok });
    expect(ran.stdout).not.toContain('db1');
  });

  it('end with 4 when nobody has it', async () => {
    const ran = await ask(['restart', 'cat'], {
      runCommand: () => [report('db1', notThere), report('web1', notThere)],
    });
    expect(ran).toMatchObject({
      code: exitCode.noMatch,
      stdout: 'cat: ERROR (no such process)\nok 0, failed 0, offline 0, no match 1\n',
    });
  });

  it('do not say that there is no such process where a host could not be asked', async () => {
    const script: Script = { runCommand: () => [report('web1', notThere), offline('web2'), offline('db1')] };
    const ran = await ask(['stop', 'cat'], script);
    expect(ran.code).toBe(exitCode.unreachable);
    expect(ran.stdout).not.toContain('no such process');
    expect(ran.stdout.split('\n').slice(-3)).toEqual([
      'cat: ERROR (not on any host that could be asked; db1, web2 could not, and may have it)',
      'ok 0, failed 0, offline 2, no match 0',
      '',
    ]);
    const json = await ask(['stop', 'cat', '-o', 'json'], script);
    expect(JSON.parse(json.stdout)).toMatchObject({
      unmatched: [],
      undecided: [{ target: 'cat', hosts: ['db1', 'web2'] }],
    });
  });

  it('say so when a target that nobody has is a host, or all in capitals', async () => {
    const nobody = (...names: string[]) =>
      report(
        'web1',
        names.map((name) => ({ name, outcome: Outcome.NO_MATCH, message: '' })),
      );
    const ran = await ask(['stop', 'web1', 'web2:cat', 'ALL', 'w*'], {
      runCommand: () => [nobody('web1', 'web2:cat', 'ALL', 'w*')],
      listHosts: ({ scope }) => {
        if (scope?.hosts[0] === 'ALL') throw new FleetError('not_found', 'no host matches ALL');
        return ListHostsResponse.fromPartial({ hosts: [{ name: scope?.hosts[0] ?? '' }] });
      },
    });
    expect(ran.code).toBe(exitCode.noMatch);
    expect(ran.stderr.split('\n')).toEqual([
      'fleetctl: web1 is a host: write --host web1, or web1/all',
      'fleetctl: web2 is a host: write web2/cat',
      'fleetctl: ALL names no process: did you mean all?',
      '',
    ]);
  });

  it('give targets with different hosts as commands of their own', async () => {
    await ask(['signal', 'HUP', 'web1/cat', 'db1/postgres'], { runCommand: () => [report('web1', restarted)] });
    expect(questions('runCommand')).toMatchObject([
      { scope: { hosts: ['web1'] }, action: { verb: { value: { signal: 'HUP', targets: ['cat'] } } } },
      { scope: { hosts: ['db1'] }, action: { verb: { value: { signal: 'HUP', targets: ['postgres'] } } } },
    ]);
  });

  it('go on with the other hosts where one does not exist', async () => {
    const ran = await ask(['restart', 'web1/cat', 'nosuch/dog'], {
      runCommand: ({ scope }) => {
        if (scope?.hosts.includes('web1')) return [report('web1', restarted)];
        throw new FleetError('not_found', 'no host matches nosuch');
      },
    });
    expect(ran).toMatchObject({ code: exitCode.partial, stderr: 'fleetctl: no host matches nosuch\n' });
    expect(ran.stdout).toContain('ok 1, failed 0, offline 0, no match 1');
  });

  it('print everything for programs', async () => {
    const script: Script = { runCommand: () => [report('web1', restarted), offline('db1')] };
    const json = await ask(['restart', 'cat', '-o', 'json'], script);
    await expect(json.stdout).toMatchFileSnapshot('./__golden__/restart.json.txt');
    const lines = await ask(['restart', 'cat', '-o', 'jsonl'], script);
    expect(lines.stdout.split('\n').map((line) => line.slice(0, 36))).toEqual([
      '{"schema":1,"kind":"host-report","co',
      '{"schema":1,"kind":"host-report","co',
      '{"schema":1,"kind":"command-totals",',
      '',
    ]);
    const names = await ask(['restart', 'cat', '-o', 'name'], script);
    expect(names.stdout).toBe('web1/cat:cat\n');
    expect(names.code).toBe(exitCode.unreachable);
  });

  it.each(['start', 'stop', 'restart', 'clear', 'signal'])('%s without targets is wrong usage', async (verb) => {
    const ran = await ask([verb], {});
    expect(ran.code).toBe(exitCode.usage);
    expect(ran.stderr).toMatch(/missing required argument/);
  });

  it('never take an empty value for every host', async () => {
    for (const flag of ['--host', '--group', '-l']) {
      const ran = await ask(['stop', 'all', '--yes', flag, ''], { runCommand: () => [] });
      expect(ran.code).toBe(exitCode.usage);
      expect(controller?.asked).toEqual([]);
    }
  });

  it('never let a host’s words reach the terminal raw', async () => {
    const evil = [{ name: 'c\u001b[2Jat', outcome: Outcome.FAILED, message: 'ERROR\u0007 (x)' }];
    const ran = await ask(['start', 'x', '--host', 'web1'], { runCommand: () => [report('w\u009beb1', evil)] });
    expect(ran.stdout).toMatch(/^w\\x9beb1 {3}c\\x1b\[2Jat: ERROR\\x07 \(x\)\n/);
  });

  it.each<[string, string[]]>([
    ['a target', ['start', 'c\u001b[2Jat']],
    ['a target that is none', ['start', 'a/\u001b[2J/b']],
    ['a host', ['status', '--host', 'w\u001b[2J']],
    ['a name', ['status', 'c\u001b[2Jat']],
    ['a log', ['tail', 'c\u001b[2Jat']],
    ['a command', ['\u001b[2J']],
    ['an option', ['status', '--\u001b[2J']],
    ['a value', ['status', '--timeout', '\u001b[2J']],
    ['a question', ['signal', '\u001b[2J', 'all']],
  ])('never give back the control characters of %s', async (_what, argv) => {
    const ran = await ask(argv, {
      runCommand: () => [report('web1', [{ name: 'c\u001b[2Jat', outcome: Outcome.NO_MATCH, message: '' }])],
      listProcesses: ({ scope, targets }) => {
        if (targets.length > 0) return [ListProcessesResponse.fromPartial({ unmatchedTargets: targets })];
        return scope?.hosts.length === 0 ? wholeFleet : [];
      },
    });
    expect(ran.code).not.toBe(exitCode.ok);
    expect(ran.stdout + ran.stderr).not.toContain('\u001b');
    expect(ran.stdout + ran.stderr).toContain('\\x1b[2J');
  });
});

describe('a command on everything', () => {
  const script: Script = { listProcesses: () => wholeFleet, runCommand: () => [report('web1', restarted)] };

  it.each(['stop', 'restart', 'clear'])('%s all is not begun where nobody can be asked', async (verb) => {
    const ran = await ask([verb, 'all'], script);
    expect(ran).toEqual({
      code: exitCode.usage,
      stdout: '',
      stderr: `fleetctl: this would ${verb} 5 processes on 3 hosts: say which with --host, --group or -l, or that it is meant with --yes\n`,
    });
    expect(questions('runCommand')).toEqual([]);
  });

  it.each<[string, readonly string[], TestSetting]>([
    ['it is typed', ['stop', '*'], { typed: '3' }],
    ['--yes says so', ['stop', 'all', '--yes'], {}],
    ['the hosts were named', ['stop', 'all', '--host', '*'], {}],
    ['the targets name hosts', ['stop', 'web*/all'], {}],
    ['it does no harm', ['start', 'all'], {}],
  ])('goes on when %s', async (_why, argv, setting) => {
    expect(await ask(argv, script, setting)).toMatchObject({ code: exitCode.ok });
    expect(questions('runCommand')).toHaveLength(1);
  });

  it('does nothing when something else is typed', async () => {
    const ran = await ask(['stop', 'all'], script, { typed: 'yes' });
    expect(ran).toMatchObject({ code: exitCode.error, stderr: 'fleetctl: nothing was done\n' });
    expect(questions('runCommand')).toEqual([]);
  });

  it('needs no question on a fleet of one host', async () => {
    const one = healthyFleet.slice(0, 1);
    expect(await ask(['stop', 'all'], { ...script, listProcesses: () => one })).toMatchObject({ code: exitCode.ok });
  });
});

describe('upgrade', () => {
  const said = (host: string, outcome: Outcome, message: string) =>
    RunCommandResponse.fromPartial({ commandId: 'c1', hostId: host, host, outcome, message });

  it('says of each host what came of it', async () => {
    const ran = await ask(['upgrade', '--host', 'web*', '-m', 'security'], {
      runCommand: () => [
        said('web1', Outcome.OK, 'upgraded from 0.1.0 to 0.2.0'),
        said('web2', Outcome.NO_CHANGE, 'is 0.2.0 already'),
        said('web3', Outcome.FAILED, '0.2.0 does not start here: libc is too old'),
      ],
    });
    expect(ran.stdout.split('\n')).toEqual([
      'web1   upgraded from 0.1.0 to 0.2.0',
      'web2   is 0.2.0 already',
      'web3   ERROR (0.2.0 does not start here: libc is too old)',
      'ok 2, failed 1, offline 0, no match 0',
      '',
    ]);
    expect(ran.code).toBe(exitCode.partial);
    expect(questions('runCommand')).toMatchObject([
      { scope: { hosts: ['web*'] }, action: { verb: { $case: 'upgrade' } }, reason: 'security' },
    ]);
  });

  it('asks before it takes hold of every host', async () => {
    const script = { listProcesses: () => wholeFleet, runCommand: () => [said('web1', Outcome.OK, 'upgraded')] };
    expect(await ask(['upgrade'], script)).toEqual({
      code: exitCode.usage,
      stdout: '',
      stderr:
        'fleetctl: this would upgrade the agents of 3 hosts: say which with --host, --group or -l, or that it is meant with --yes\n',
    });
    expect(questions('runCommand')).toEqual([]);
    expect(await ask(['upgrade', '--yes'], script)).toMatchObject({ code: exitCode.ok });
  });
});

describe('reread and update', () => {
  const changes = { added: ['new'], changed: ['cat'], removed: ['old'] };

  it('say what differs', async () => {
    const ran = await ask(['reread'], { runCommand: () => [report('web1', [], { changes }), report('web2', [])] });
    expect(ran.stdout.split('\n')).toEqual([
      'web1   old: disappeared',
      'web1   cat: changed',
      'web1   new: available',
      'web2   No config updates to processes',
      'ok 2, failed 0, offline 0, no match 0',
      '',
    ]);
  });

  it('say what was done', async () => {
    const results = [{ group: 'old', name: 'old', outcome: Outcome.OK, message: 'stopped' }];
    const ran = await ask(['update', 'cat', 'old', '--host', 'web1'], {
      runCommand: () => [report('web1', results, { changes })],
    });
    expect(ran.stdout.split('\n').slice(0, 4)).toEqual([
      'web1   old: stopped',
      'web1   old: removed process group',
      'web1   cat: updated process group',
      'web1   new: added process group',
    ]);
    expect(questions('runCommand')).toMatchObject([{ action: { verb: { value: { groups: ['cat', 'old'] } } } }]);
  });

  it('show every mistake of a host that cannot read its files', async () => {
    const problems = [
      { file: '/etc/a.conf', line: 3, section: 'program:x', option: 'numprocs', message: 'not an integer' },
      { file: '/etc/b.conf', line: 9, section: '', option: '', message: 'no value' },
    ];
    const ran = await ask(['update'], {
      runCommand: () => [report('web1', [], { outcome: Outcome.FAILED, message: 'CANT_REREAD', problems })],
    });
    expect(ran).toMatchObject({ code: exitCode.error });
    expect(ran.stdout.split('\n').slice(0, 3)).toEqual([
      'web1   ERROR (CANT_REREAD)',
      'web1       /etc/a.conf:3: [program:x] numprocs: not an integer',
      'web1       /etc/b.conf:9: no value',
    ]);
  });
});

/** Two seconds are over at once; `waited` tells when. */
function patientClock(): { readonly clock: Clock; readonly waited: Promise<void> } {
  const { promise: waited, resolve } = Promise.withResolvers<void>();
  const schedule: Clock['schedule'] = (_at, run) =>
    systemClock.schedule(systemClock.now(), () => {
      run();
      resolve();
    });
  return { clock: { ...systemClock, schedule }, waited };
}

describe('a command that takes long', () => {
  it('ends with 9 and the hosts that are still at it', async () => {
    let nowUs = Number(systemClock.now());
    const clock: Clock = { ...systemClock, now: () => instant(nowUs) };
    const ran = await ask(
      ['restart', 'cat', '--timeout', '30s'],
      {
        runCommand: async function* () {
          yield report('web1', restarted);
          nowUs += 30_000_000;
          yield RunCommandResponse.fromPartial({
            host: 'web2',
            outcome: Outcome.UNKNOWN,
            message: 'no answer in 30 s',
          });
        },
      },
      { clock },
    );
    expect(ran).toMatchObject({ code: exitCode.timeout });
    expect(ran.stdout).toMatch(/web2 {3}ERROR \(no answer in 30 s\)\nok 1, .*, still running 1\n$/);
    expect(questions('runCommand')).toMatchObject([{ timeoutMs: 30_000 }]);
  });

  it('says once that it still waits, and for what', async () => {
    const { clock, waited } = patientClock();
    const ran = await ask(
      ['restart', 'cat'],
      {
        runCommand: async function* () {
          yield report('db1', restarted);
          await waited;
          yield report('web1', restarted);
          yield report('web2', restarted);
        },
      },
      { clock },
    );
    expect(ran.code).toBe(exitCode.ok);
    expect(ran.stderr).toMatch(
      /^fleetctl: still waiting: (no host has answered yet|1 host has answered); Ctrl-C .*\n$/,
    );
  });

  it('goes on without us after Ctrl-C', async () => {
    const ended = new AbortController();
    let isLeft: Promise<unknown> | undefined;
    const ran = await ask(
      ['restart', 'cat'],
      {
        runCommand: async function* (_question, signal) {
          isLeft = once(signal, 'abort');
          yield report('web1', restarted);
          await isLeft;
        },
      },
      { signal: ended.signal, onOutput: () => ended.abort(new Ended('interrupted')) },
    );
    expect(ran.code).toBe(exitCode.interrupted);
    expect(ran.stderr).toMatch(/^detached: the command goes on \(01b-command\); fleetctl commands/);
    await isLeft;
  });
});
