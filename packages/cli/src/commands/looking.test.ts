/** The commands that look: what they ask, and what they print in every format. */
import { once } from 'node:events';
import { type Clock, FleetError, systemClock } from '@fleetvisor/primitives';
import {
  CommandSummary,
  GetCommandResponse,
  Host,
  ListCrashesResponse,
  ListHostsResponse,
} from '@fleetvisor/protocol/api';
import { type Action, type DeepPartial, Outcome, ProcessState } from '@fleetvisor/protocol/common';
import { afterEach, describe, expect, it } from 'vitest';
import { exitCode } from '../exit-code.ts';
import { Ended } from '../terminal/ended.ts';
import {
  crashes,
  db1,
  event,
  healthyFleet,
  listing,
  momentUs,
  resting,
  unmatched,
  web1,
  web2,
  wholeFleet,
} from '../testing/answers.ts';
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

function golden(name: string): string {
  return `./__golden__/${name}.txt`;
}

/** Waits for nothing. */
const hurriedClock: Clock = { ...systemClock, schedule: (_at, run) => systemClock.schedule(systemClock.now(), run) };

const history = [
  event(1, 'web1', { kind: { $case: 'hostConnected', value: { address: '10.0.0.1:5', session: 1n } } }),
  event(2, 'web1', {
    kind: {
      $case: 'transition',
      value: {
        process: { group: 'cat', name: 'cat' },
        from: ProcessState.STARTING,
        to: ProcessState.RUNNING,
        pid: 43,
      },
    },
  }),
  event(3, 'web1', {
    kind: {
      $case: 'transition',
      value: {
        process: { group: 'cat', name: 'cat' },
        from: ProcessState.RUNNING,
        to: ProcessState.EXITED,
        exit: { how: { $case: 'signal', value: 9 } },
      },
    },
  }),
  event(4, '', {
    kind: {
      $case: 'rolloutChanged',
      value: { rolloutId: 'r1', state: 'succeeded', to: [{ file: 'web.conf', revision: 2n }] },
    },
  }),
  event(5, 'evil\u001b[2Jhost', { kind: { $case: 'agentStopping', value: { reason: 'SIGTERM\nroot# rm -rf /' } } }),
  event(6, 'web1', undefined),
];

const given = (id: string, action: DeepPartial<Action>, more: DeepPartial<CommandSummary> = {}) =>
  CommandSummary.fromPartial({
    commandId: `01a1fc21-da06-7ec9-8278-${id.padStart(12, '0')}`,
    actor: 'joe@desk',
    action,
    givenAtUs: momentUs,
    hostCount: 2,
    outcomes: [{ outcome: Outcome.OK, count: 2 }],
    ...more,
  });

const commands = [
  given('3', { verb: { $case: 'upgrade', value: {} } }, { hostCount: 3, underWayCount: 1, reason: 'security' }),
  given('2', { verb: { $case: 'signal', value: { signal: 'HUP', targets: ['cat', 'api:*'] } } }),
  given(
    '1',
    { verb: { $case: 'restart', value: { targets: ['all'] } } },
    {
      actor: 'evil\u001b[2J',
      outcomes: [
        { outcome: Outcome.OK, count: 1 },
        { outcome: Outcome.UNKNOWN, count: 1 },
      ],
    },
  ),
];

const restarted = GetCommandResponse.fromPartial({
  command: commands[2],
  hosts: [
    {
      hostId: '01a-web1',
      host: 'web1',
      outcome: Outcome.OK,
      endedAtUs: momentUs,
      results: [
        { target: 'cat', process: { group: 'cat', name: 'cat' }, outcome: Outcome.OK, message: 'stopped' },
        { target: 'cat', process: { group: 'cat', name: 'cat' }, outcome: Outcome.OK, message: 'started' },
      ],
    },
    { hostId: '01a-web2', host: 'web2', outcome: Outcome.UNKNOWN, message: 'the host went away' },
    { hostId: '01a-db1', host: 'db1' },
  ],
});

describe('fleetctl commands', () => {
  it.each(['table', 'wide', 'json', 'name'])('prints %s', async (format) => {
    const ran = await ask(['commands', '-o', format], { listCommands: () => ({ commands }) });
    await expect(ran.stdout).toMatchFileSnapshot(golden(`commands.${format}`));
    expect(ran).toMatchObject({ code: exitCode.ok, stderr: '' });
  });

  it('asks for what is wanted', async () => {
    const script: Script = { listCommands: () => ({ commands: [] }) };
    const ran = await ask(['commands', '--open', '--host', 'web1', '-n', '3'], script);
    expect(ran).toMatchObject({ code: exitCode.ok, stdout: '', stderr: 'no command is open\n' });
    expect(controller?.asked[0]?.question).toMatchObject({ scope: { hosts: ['web1'] }, limit: 3, open: true });
  });

  it.each(['table', 'json', 'jsonl'])('show prints %s', async (format) => {
    const ran = await ask(['commands', 'show', '01a1', '-o', format], { getCommand: () => restarted });
    await expect(ran.stdout).toMatchFileSnapshot(golden(`commands-show.${format}`));
    // It is under way on one of them.
    expect(ran).toMatchObject({ code: exitCode.timeout, stderr: '' });
    expect(controller?.asked[0]?.question).toEqual({ commandId: '01a1' });
  });

  it('show ends as the command itself does', async () => {
    const [web1Only] = restarted.hosts;
    const one = { ...restarted, hosts: web1Only === undefined ? [] : [web1Only] };
    const ran = await ask(['commands', 'show', '01a1'], { getCommand: () => one });
    expect(ran.code).toBe(exitCode.ok);
    expect(ran.stdout).not.toContain('failed');
    const none = await ask(['commands', 'show', 'x'], {
      getCommand: () => {
        throw new FleetError('not_found', "no command has the id 'x': see 'fleetctl commands'");
      },
    });
    expect(none).toMatchObject({ code: exitCode.noMatch, stderr: expect.stringContaining("the id 'x'") });
  });
});

describe('fleetctl status', () => {
  const script: Script = { listProcesses: () => wholeFleet };

  it.each(['table', 'wide', 'json', 'jsonl', 'yaml', 'name'])('prints %s', async (format) => {
    const ran = await ask(['status', '-o', format], script);
    await expect(ran.stdout).toMatchFileSnapshot(golden(`status.${format}`));
    expect(ran).toMatchObject({ code: exitCode.notRunning, stderr: '' });
  });

  it('colours the state alone, where colours are wanted', async () => {
    const ran = await ask(['status', '--color', 'always'], script);
    await expect(ran.stdout).toMatchFileSnapshot(golden('status.colour'));
  });

  it.each<[string, TestSetting, boolean]>([
    ['on a terminal', { isTerminal: true }, true],
    ['but not with NO_COLOR', { isTerminal: true, env: { NO_COLOR: '1' } }, false],
    ['but not into a file', { isTerminal: false }, false],
  ])('colours %s', async (_where, setting, isColoured) => {
    const ran = await ask(['status'], script, setting);
    expect(ran.stdout.includes('\u001b[')).toBe(isColoured);
  });

  it('ends with 0 when all is well', async () => {
    expect(await ask(['status'], { listProcesses: () => healthyFleet })).toMatchObject({ code: exitCode.ok });
  });

  it.each<[ProcessState, number]>([
    [ProcessState.STOPPED, exitCode.notRunning],
    [ProcessState.EXITED, exitCode.notRunning],
    [ProcessState.FATAL, exitCode.notRunning],
    [ProcessState.UNKNOWN, exitCode.notRunning],
    [ProcessState.STARTING, exitCode.ok],
    [ProcessState.BACKOFF, exitCode.ok],
    [ProcessState.STOPPING, exitCode.ok],
  ])('ends as supervisorctl does for state %i', async (state, code) => {
    const ran = await ask(['status'], { listProcesses: () => [listing(web1, [resting('a', 'a', state, '')])] });
    expect(ran.code).toBe(code);
  });

  it('hands scope and targets on as they are', async () => {
    const argv = ['status', 'api:*', '--host', 'web1, web2', '--host=db*', '--group', 'web', '-l', 'tier in (1,2)'];
    await ask(argv, { listProcesses: () => healthyFleet });
    expect(controller?.asked[0]).toMatchObject({
      method: 'listProcesses',
      actor: 'joe@desk',
      question: {
        scope: { hosts: ['web1', 'web2', 'db*'], hostGroups: ['web'], labels: ['tier in (1,2)'] },
        targets: ['api:*'],
      },
    });
  });

  it('takes the options of every command in front of it too', async () => {
    const ran = await ask(['-o', 'name', '--host', 'web1', 'status'], { listProcesses: () => healthyFleet });
    expect(ran.stdout).toBe('web1/cat:cat\nweb2/cat:cat\n');
    expect(controller?.asked[0]?.question.scope.hosts).toEqual(['web1']);
  });

  it('takes its own names back as targets', async () => {
    await ask(['status', 'web1/cat:cat', 'web2/cat:cat'], { listProcesses: () => healthyFleet });
    expect(controller?.asked.map(({ question }) => question)).toEqual([
      { scope: { hosts: ['web1', 'web2'], hostGroups: [], labels: [] }, targets: ['cat:cat'] },
    ]);
  });

  it('names what nobody has, first', async () => {
    const ran = await ask(['status', 'cat', 'nosuch', 'nogroup:*'], {
      listProcesses: () => [...healthyFleet, unmatched('nosuch', 'nogroup:*')],
    });
    expect(ran.stdout.split('\n').slice(0, 3)).toEqual([
      'nosuch: ERROR (no such process)',
      'nogroup:*: ERROR (no such group)',
      'web1   cat   RUNNING   pid 123, uptime 0:01:02',
    ]);
    expect(ran.code).toBe(exitCode.noMatch);
  });

  it('does not deny what a host may have of which nothing is known', async () => {
    const gone = Host.fromPartial({ ...db1, processCount: 0 });
    const script: Script = { listProcesses: () => [listing(gone, []), ...healthyFleet, unmatched('nosuch')] };
    const ran = await ask(['status', 'cat', 'nosuch'], script);
    expect(ran.code).toBe(exitCode.unreachable);
    expect(ran.stdout).toMatch(
      /^nosuch: ERROR \(not on any host that could be asked; db1 could not, and may have it\)\n/,
    );
    const tail = await ask(['tail', 'nosuch'], { listProcesses: () => [listing(gone, []), unmatched('nosuch')] });
    expect(tail).toMatchObject({ code: exitCode.unreachable, stdout: '' });
    expect(tail.stderr).toMatch(/^nosuch: ERROR \(not on any host that could be asked; db1/);
  });

  it('shows a host of which nothing is known', async () => {
    const gone = Host.fromPartial({ ...db1, processCount: 0, lastSeenUs: 0n });
    const idle = Host.fromPartial({ ...web1, processCount: 0 });
    const ran = await ask(['status'], { listProcesses: () => [listing(gone, []), listing(idle, [])] });
    expect(ran.stdout).toBe(
      'db1       DISCONNECTED   not heard of since the controller started\nweb1      ONLINE         no programs\n',
    );
    expect(ran.code).toBe(exitCode.unreachable);
  });

  it('says what to do about an empty fleet, and about a scope without hosts', async () => {
    const empty = await ask(['status'], { listProcesses: () => [] });
    expect(empty).toMatchObject({ code: exitCode.ok, stdout: '' });
    expect(empty.stderr).toMatch(/^no host has joined .* start fleet-agent/);
    const none = await ask(['status', '--host', 'nosuch*'], { listProcesses: () => [] });
    expect(none).toMatchObject({ code: exitCode.noMatch });
    expect(none.stderr).toMatch(/^no host matches --host nosuch\*: fleetctl hosts/);
  });

  it('never lets a name or a message reach the terminal raw', async () => {
    const evil = Host.fromPartial({ ...web1, name: 'web\u001b]0;owned\u0007' });
    const process = resting('cat', 'c\nat', ProcessState.STOPPED, '\u001b[2Jnot started');
    const ran = await ask(['status'], { listProcesses: () => [listing(evil, [process])] }, { isTerminal: true });
    expect(ran.stdout).toContain('web\\x1b]0;owned\\x07');
    expect(ran.stdout).toContain('cat:c\\nat');
    expect(ran.stdout).toContain('\\x1b[2Jnot started');
  });
});

describe('fleetctl hosts', () => {
  const script: Script = { listHosts: () => ListHostsResponse.fromPartial({ hosts: [db1, web1, web2] }) };

  it.each(['table', 'wide', 'json', 'name'])('prints %s', async (format) => {
    const ran = await ask(['hosts', '-o', format], script);
    await expect(ran.stdout).toMatchFileSnapshot(golden(`hosts.${format}`));
    expect(ran).toMatchObject({ code: exitCode.ok, stderr: '' });
  });

  it('forgets a host that is gone', async () => {
    const ran = await ask(['hosts', 'forget', 'web9'], { forgetHost: () => ({ hostId: '01a-web9' }) });
    expect(ran).toMatchObject({ code: exitCode.ok, stdout: 'web9: forgotten\n' });
    expect(controller?.asked[0]?.question).toEqual({ name: 'web9' });
  });

  it('does not forget one that is connected', async () => {
    const ran = await ask(['hosts', 'forget', 'web1'], {
      forgetHost: () => {
        throw new FleetError('conflict', 'web1 is connected: stop its agent first');
      },
    });
    expect(ran).toEqual({
      code: exitCode.conflict,
      stdout: '',
      stderr: 'fleetctl: web1 is connected: stop its agent first\n',
    });
  });
});

describe('fleetctl crashes', () => {
  const script: Script = { listCrashes: () => crashes };

  it.each(['table', 'json', 'name'])('prints %s', async (format) => {
    const ran = await ask(['crashes', '-o', format], script);
    await expect(ran.stdout).toMatchFileSnapshot(golden(`crashes.${format}`));
    expect(ran).toMatchObject({ code: exitCode.ok, stderr: '' });
  });

  it('leaves out what they wrote, with --short', async () => {
    const ran = await ask(['crashes', 'cat', '--short', '-n', '3'], script);
    await expect(ran.stdout).toMatchFileSnapshot(golden('crashes.short'));
    expect(controller?.asked[0]?.question).toMatchObject({ targets: ['cat'], limit: 3, sinceUs: 0n });
  });

  it('shows the last ten lines of each, and all of them with -o wide', async () => {
    const output = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
    const body: Parameters<typeof event>[2] = {
      kind: { $case: 'crash', value: { process: { group: 'a', name: 'a' }, lastOutput: Buffer.from(output) } },
    };
    const many: Script = { listCrashes: () => ListCrashesResponse.fromPartial({ crashes: [event(1, 'web1', body)] }) };
    const lines = (await ask(['crashes'], many)).stdout.trimEnd().split('\n');
    expect(lines.slice(1, 3)).toEqual(['    (20 lines before these: -o wide)', '    line 20']);
    expect(lines).toHaveLength(12);
    expect((await ask(['crashes', '-o', 'wide'], many)).stdout.trimEnd().split('\n')).toHaveLength(31);
  });

  it('says so when there are none', async () => {
    const ran = await ask(['crashes'], { listCrashes: () => ({ crashes: [] }) });
    expect(ran).toMatchObject({ code: exitCode.ok, stdout: '' });
    expect(ran.stderr).toBe('no crashes: fleetctl status shows how things are now\n');
  });

  it('says when nobody has the name', async () => {
    const script: Script = {
      listCrashes: () => ({ crashes: [] }),
      listProcesses: ({ targets }) => [...healthyFleet, unmatched(...targets.filter((one) => one !== 'cat'))],
      listHosts: () => ({ hosts: [] }),
    };
    expect(await ask(['crashes', 'cat'], script)).toEqual({
      code: exitCode.ok,
      stdout: '',
      stderr: "no crashes of 'cat': fleetctl status shows how things are now\n",
    });
    expect(await ask(['crashes', 'TYPO'], script)).toEqual({
      code: exitCode.noMatch,
      stdout: '',
      stderr: "no crashes of 'TYPO'\nfleetctl: no process is called 'TYPO' now: fleetctl status shows what there is\n",
    });
    const both = await ask(['crashes', 'cat', 'web1/TYPO'], script);
    expect(both.code).toBe(exitCode.ok);
    expect(both.stderr).toMatch(/^no crashes of 'cat', 'web1\/TYPO'\nfleetctl: no process is called 'TYPO' now/);
    const json = await ask(['crashes', 'TYPO', '-o', 'json'], script);
    expect(json.code).toBe(exitCode.noMatch);
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'crashes', crashes: [] });
  });

  it('knows the crashes of a program that is no more', async () => {
    const ran = await ask(['crashes', 'cat'], { ...script, listProcesses: () => [unmatched('cat')] });
    expect(ran).toMatchObject({ code: exitCode.ok, stderr: '' });
  });
});

describe('fleetctl events', () => {
  const script: Script = { listEvents: () => [{ events: history.slice(0, 2) }, { events: history.slice(2) }] };

  it.each(['table', 'wide', 'jsonl'])('prints %s', async (format) => {
    const ran = await ask(['events', '-o', format], script);
    await expect(ran.stdout).toMatchFileSnapshot(golden(`events.${format}`));
    expect(ran).toMatchObject({ code: exitCode.ok, stderr: '' });
  });

  it('asks for kinds by the names of the contract', async () => {
    await ask(
      ['events', 'web1/cat', '--kind', 'crash-repeat,transition', '--kind', 'hostConnected', '--since', '1h'],
      script,
    );
    const { question } = controller?.asked[0] ?? {};
    expect(question).toMatchObject({
      kinds: ['crashRepeat', 'transition', 'hostConnected'],
      targets: ['cat'],
      newest: 10_000,
      follow: false,
    });
    expect(question.sinceUs).toBeGreaterThan(0n);
  });

  it('refuses a kind that there is not', async () => {
    const ran = await ask(['events', '--kind', 'crashs'], script);
    expect(ran.code).toBe(exitCode.usage);
    expect(ran.stderr).toMatch(/'crashs' is no kind of event: there are transition, crash,/);
  });

  it('follows through a restart of the controller, without a gap', async () => {
    const fleet = {
      version: '',
      fleetId: '',
      incarnation: '',
      startedAtUs: 0n,
      hostCount: 0,
      onlineCount: 0,
      position: 6n,
    };
    const ended = new AbortController();
    const ran = await ask(
      ['events', '--follow'],
      {
        getFleet: () => fleet,
        listEvents: async function* ({ afterPosition }, signal) {
          yield { events: history.filter(({ position }) => position > afterPosition).slice(0, 3) };
          if (afterPosition === 0n) throw new FleetError('unavailable', 'the controller is stopping');
          await once(signal, 'abort');
        },
      },
      {
        clock: hurriedClock,
        signal: ended.signal,
        onOutput: (text) => {
          if (text.split('\n').length > 6) ended.abort(new Ended('interrupted'));
        },
      },
    );
    expect(ran.code).toBe(exitCode.interrupted);
    const positions = controller?.asked.filter(({ method }) => method === 'listEvents').map(({ question }) => question);
    expect(positions).toMatchObject([
      { afterPosition: 0n, newest: 50 },
      { afterPosition: 3n, newest: 0 },
    ]);
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(6);
    expect(ran.stderr).toMatch(/the controller is stopping; waiting for it/);
  });

  it('says when nobody has the name', async () => {
    const nothing: Script = {
      listEvents: () => [{ events: [] }],
      listProcesses: () => [unmatched('TYPO')],
      listHosts: () => ({ hosts: [] }),
    };
    const ran = await ask(['events', 'TYPO'], nothing);
    expect(ran).toMatchObject({ code: exitCode.noMatch, stdout: '' });
    expect(ran.stderr).toMatch(/^no events of 'TYPO'\nfleetctl: no process is called 'TYPO' now/);
    const right = await ask(['events', 'cat'], { ...nothing, listProcesses: () => healthyFleet });
    expect(right).toMatchObject({ code: exitCode.ok, stderr: expect.stringMatching(/^no events of 'cat': widen it/) });
  });

  it('says so too before it follows a name that nobody has', async () => {
    const ended = new AbortController();
    const ran = await ask(
      ['events', '-f', 'TYPO'],
      { listProcesses: () => [unmatched('TYPO')], listHosts: () => ({ hosts: [] }) },
      { signal: ended.signal, onOutput: () => ended.abort(new Ended('interrupted')) },
    );
    expect(ran).toMatchObject({ code: exitCode.interrupted, stdout: '' });
    expect(ran.stderr).toMatch(/^fleetctl: no process is called 'TYPO' now/);
  });

  it('has no names', async () => {
    const ran = await ask(['events', '-o', 'name'], script);
    expect(ran).toMatchObject({ code: exitCode.usage, stdout: '' });
    expect(ran.stderr).toMatch(/events have no names: leave -o out, or use -o jsonl/);
  });

  it('has no end in json', async () => {
    const ran = await ask(['events', '-f', '-o', 'json'], script);
    expect(ran).toMatchObject({ code: exitCode.usage });
    expect(ran.stderr).toMatch(/use -o jsonl/);
  });
});

describe('fleetctl version', () => {
  it('says its own and the controller’s', async () => {
    const ran = await ask(['version'], {
      getFleet: () => ({
        version: '0.1.0',
        fleetId: 'f',
        incarnation: 'i',
        startedAtUs: 1n,
        hostCount: 3,
        onlineCount: 2,
        position: 9n,
      }),
    });
    expect(ran.stdout).toBe(`fleetctl 0.1.0\ncontroller 0.1.0 at ${controller?.address}\n`);
  });
});
