/** The commands on config files, against a controller and without one. */
import { FleetError } from '@fleetvisor/primitives';
import {
  ConfigRevision,
  GetConfigResponse,
  HostTaskState,
  ListConfigsResponse,
  type PushConfigRequest,
  PushConfigResponse,
  type RolloutProgress,
  RolloutState,
} from '@fleetvisor/protocol/api';
import { type DeepPartial, Outcome } from '@fleetvisor/protocol/common';
import { afterEach, describe, expect, it } from 'vitest';
import { exitCode } from '../../exit-code.ts';
import { momentUs } from '../../testing/answers.ts';
import { type Script, type ScriptedController, startScriptedController } from '../../testing/scripted-controller.ts';
import { type Ran, run, type TestSetting } from '../../testing/test-world.ts';

let controller: ScriptedController | undefined;

afterEach(async () => {
  await controller?.[Symbol.asyncDispose]();
  controller = undefined;
});

async function ask(argv: readonly string[], script: Script, setting: TestSetting = {}): Promise<Ran> {
  controller = await startScriptedController(script);
  return run(argv, { controller: controller.address, ...setting });
}

const texts = new Map([
  [1, '[program:cat]\ncommand=/bin/cat\n'],
  [2, '[program:cat]\ncommand=/bin/cat -n\n[program:dog]\ncommand=/bin/dog\n'],
  [3, '; only a comment\n[program:cat]\ncommand=/bin/cat -n\n[program:dog]\ncommand=/bin/dog\n'],
]);

function revision(number: number, more: DeepPartial<ConfigRevision> = {}): ConfigRevision {
  return ConfigRevision.fromPartial({
    file: 'web.conf',
    revision: BigInt(number),
    parent: BigInt(number - 1),
    selector: { hostGroups: ['web'] },
    digest: `digest-${number}`,
    author: 'joe@desk',
    message: number === 1 ? '' : `change ${number}`,
    createdAtUs: momentUs + BigInt(number) * 3_600_000_000n,
    stable: number === 2,
    ...more,
  });
}

function getConfig({ revision: wanted }: { revision: bigint }): GetConfigResponse {
  const number = wanted === 0n ? 3 : Number(wanted);
  const content = Buffer.from(texts.get(number) ?? '');
  return GetConfigResponse.fromPartial({ revision: revision(number, { content }), hosts: ['web1', 'web2'] });
}

function step(progress: DeepPartial<RolloutProgress>['step']): PushConfigResponse {
  return PushConfigResponse.fromPartial({ progress: { step: progress } });
}

function planned(more: object = {}): PushConfigResponse {
  const value = { rolloutId: 'r1', revision: revision(3), targets: ['web1', 'web2', 'db1'], offline: ['db1'], ...more };
  return step({ $case: 'planned', value });
}

function progress(host: string, state: HostTaskState, more: object = {}): PushConfigResponse {
  return step({ $case: 'host', value: { host, state, ...more } });
}

function ended(state: RolloutState, reason = ''): PushConfigResponse {
  return step({ $case: 'ended', value: { rolloutId: 'r1', state, reason } });
}

const applied = [
  { target: 'cat:cat', process: { group: 'cat', name: 'cat' }, outcome: Outcome.OK, message: 'stopped' },
  { target: 'cat:cat', process: { group: 'cat', name: 'cat' }, outcome: Outcome.OK, message: 'started' },
];
const problems = [
  { file: 'web.conf', line: 2, section: 'program:cat', option: 'numprocs', message: "not an integer: 'x'" },
  { file: 'web.conf', line: 9, section: 'program:dog', option: '', message: 'no command' },
];
const files = new Map([
  ['/tmp/web.conf', texts.get(3) ?? ''],
  ['/tmp/db.conf', '[program:db]\ncommand=/bin/db\n'],
  ['/tmp/bad.conf', '[program:x]\nnumprocs=many\n[supervisord]\n'],
]);

describe('fleetctl config push', () => {
  it('shows the plan, each host when it is settled, and the end', async () => {
    const ran = await ask(
      ['config', 'push', '/tmp/web.conf', '--group', 'web', '-m', 'more', '--parent', '2'],
      {
        pushConfig: () => [
          planned(),
          progress('web1', HostTaskState.OFFERED),
          progress('web1', HostTaskState.APPLYING),
          progress('web1', HostTaskState.HEALTHY, { results: applied }),
          progress('web2', HostTaskState.REJECTED, { problems: problems.slice(0, 1) }),
          progress('db1', HostTaskState.DEFERRED),
          ended(RolloutState.FAILED, 'web2 rejected it'),
        ],
      },
      { files },
    );
    await expect(ran.stdout).toMatchFileSnapshot('./__golden__/push.table.txt');
    expect(ran).toMatchObject({ code: exitCode.partial, stderr: '' });
    expect(controller?.asked[0]?.question).toMatchObject({
      file: 'web.conf',
      content: Buffer.from(texts.get(3) ?? ''),
      selector: { hosts: [], hostGroups: ['web'], labels: [], all: false },
      message: 'more',
      parent: 2n,
      dryRun: false,
      allowEmpty: false,
    });
  });

  it.each<[string, PushConfigResponse[], number]>([
    ['done', [planned(), progress('web1', HostTaskState.HEALTHY), ended(RolloutState.SUCCEEDED)], exitCode.unreachable],
    [
      'done by all',
      [
        planned({ targets: ['web1'], offline: [] }),
        progress('web1', HostTaskState.HEALTHY),
        ended(RolloutState.SUCCEEDED),
      ],
      exitCode.ok,
    ],
    ['unchanged', [planned({ unchanged: true, targets: [], offline: [] })], exitCode.ok],
    ['refused', [step({ $case: 'refused', value: { problems } })], exitCode.error],
    ['overtaken', [planned(), ended(RolloutState.SUPERSEDED)], exitCode.conflict],
    [
      'failed on all',
      [
        planned({ targets: ['web1'], offline: [] }),
        progress('web1', HostTaskState.UNHEALTHY),
        ended(RolloutState.FAILED),
      ],
      exitCode.error,
    ],
    ['not done in time', [planned()], exitCode.timeout],
  ])('ends as it went: %s', async (_how, answers, code) => {
    const ran = await ask(['config', 'push', '/tmp/web.conf', '--all'], { pushConfig: () => answers }, { files });
    expect(ran.code).toBe(code);
  });

  it('shows every mistake of a file that was refused', async () => {
    const script: Script = { pushConfig: () => [step({ $case: 'refused', value: { problems } })] };
    const ran = await ask(['config', 'push', '/tmp/web.conf'], script, { files });
    expect(ran.stdout).toBe(
      "web.conf:2: [program:cat] numprocs: not an integer: 'x'\nweb.conf:9: [program:dog]: no command\n",
    );
    expect(ran.stderr).toBe('fleetctl: web.conf was refused: nothing was stored\n');
    expect(controller?.asked[0]?.question).toMatchObject({ selector: undefined, parent: -1n });
  });

  it('stores nothing with --dry-run, and says whom it would reach', async () => {
    const argv = ['config', 'push', '/tmp/web.conf', '--name', 'other.conf', '--dry-run'];
    const ran = await ask(argv, { pushConfig: () => [planned()] }, { files });
    await expect(ran.stdout).toMatchFileSnapshot('./__golden__/push.dry-run.txt');
    expect(ran.code).toBe(exitCode.ok);
    expect(controller?.asked[0]?.question).toMatchObject({ file: 'other.conf', dryRun: true });
  });

  it('checks all files before it stores the first', async () => {
    const pushConfig = ({ file }: PushConfigRequest) =>
      file === 'bad.conf'
        ? [step({ $case: 'refused', value: { problems } })]
        : [planned(), ended(RolloutState.SUCCEEDED)];
    const paths = ['/tmp/web.conf', '/tmp/bad.conf'];
    const ran = await ask(['config', 'push', ...paths, '--group', 'web'], { pushConfig }, { files });
    expect(ran).toMatchObject({ code: exitCode.error, stderr: 'fleetctl: bad.conf was refused: nothing was stored\n' });
    expect(controller?.asked.every(({ question }) => question.dryRun)).toBe(true);
    await ask(['config', 'push', '/tmp/web.conf', '/tmp/db.conf', '--group', 'web'], { pushConfig }, { files });
    const asked = controller?.asked.map(({ question }) => [question.file, question.dryRun]);
    expect(asked).toEqual([
      ['web.conf', true],
      ['db.conf', true],
      ['web.conf', false],
      ['db.conf', false],
    ]);
  });

  it.each<[string, string[], RegExp]>([
    ['every host and some', ['/tmp/web.conf', '--all', '--group', 'web'], /--all is every host/],
    ['one name for two files', ['/tmp/web.conf', '/tmp/db.conf', '--name', 'x'], /--name and --parent/],
    ['standard input without a name', ['-'], /has no name: give it one with --name/],
    ['no file', [], /missing required argument/],
  ])('refuses %s', async (_what, argv, message) => {
    const ran = await ask(['config', 'push', ...argv], {}, { files });
    expect(ran.code).toBe(exitCode.usage);
    expect(ran.stderr).toMatch(message);
  });

  it('says who was faster', async () => {
    const ran = await ask(
      ['config', 'push', '/tmp/web.conf', '--parent', '2'],
      {
        pushConfig: () => {
          throw new FleetError(
            'conflict',
            'web.conf is at revision 3 by now: look with fleetctl config diff web.conf 2 3',
          );
        },
      },
      { files },
    );
    expect(ran).toMatchObject({ code: exitCode.conflict, stdout: '' });
    expect(ran.stderr).toMatch(/^fleetctl: web.conf is at revision 3 by now/);
  });

  it('prints the course for programs', async () => {
    const script: Script = {
      pushConfig: () => [planned(), progress('web1', HostTaskState.HEALTHY), ended(RolloutState.SUCCEEDED)],
    };
    const json = await ask(['config', 'push', '/tmp/web.conf', '-o', 'json'], script, { files });
    await expect(json.stdout).toMatchFileSnapshot('./__golden__/push.json.txt');
    const lines = await ask(['config', 'push', '/tmp/web.conf', '-o', 'jsonl'], script, { files });
    const kinds = lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).kind);
    expect(kinds).toEqual(['rollout-planned', 'rollout-host', 'rollout-ended']);
  });
});

describe('fleetctl config rollback', () => {
  it('asks for the revision before the newest, or for one', async () => {
    const script: Script = {
      rollBackConfig: () => [
        planned({ targets: ['web1'], offline: [] }),
        progress('web1', HostTaskState.HEALTHY),
        ended(RolloutState.SUCCEEDED),
      ],
    };
    expect(await ask(['config', 'rollback', 'web.conf'], script)).toMatchObject({ code: exitCode.ok });
    expect(controller?.asked[0]?.question).toMatchObject({ file: 'web.conf', revision: 0n });
    await ask(['config', 'rollback', 'web.conf', '1', '-m', '3 leaks'], script);
    expect(controller?.asked[0]?.question).toMatchObject({ file: 'web.conf', revision: 1n, message: '3 leaks' });
  });
});

describe('looking at config files', () => {
  it('lists them', async () => {
    const configs = [{ newest: revision(3), stableRevision: 2n, hostCount: 2 }];
    const script: Script = { listConfigs: () => ListConfigsResponse.fromPartial({ configs }) };
    const ran = await ask(['config', 'list'], script);
    await expect(ran.stdout).toMatchFileSnapshot('./__golden__/list.table.txt');
    const json = await ask(['config', 'list', '-o', 'json'], script);
    await expect(json.stdout).toMatchFileSnapshot('./__golden__/list.json.txt');
    const empty = await ask(['config', 'list'], { listConfigs: () => ({ configs: [] }) });
    expect(empty.stderr).toMatch(/^no config files yet: fleetctl config push/);
  });

  it('shows who changed one, when and why', async () => {
    const ran = await ask(['config', 'history', 'web.conf'], {
      listRevisions: () => ({
        revisions: [revision(3, { selector: { labels: ['tier in (1,2)'] } }), revision(2), revision(1)],
      }),
    });
    await expect(ran.stdout).toMatchFileSnapshot('./__golden__/history.table.txt');
  });

  it('prints one byte for byte', async () => {
    const ran = await ask(['config', 'show', 'web.conf@2', '-o', 'wide'], { getConfig });
    expect(ran).toEqual({
      code: exitCode.ok,
      stdout: texts.get(2),
      stderr: 'web.conf@2 for --group web, on web1, web2\n',
    });
    expect(controller?.asked[0]?.question).toEqual({ file: 'web.conf', revision: 2n });
  });

  it('says when there is none of the name', async () => {
    const ran = await ask(['config', 'show', 'x.conf'], {
      getConfig: () => {
        throw new FleetError('not_found', 'no config file x.conf: there is web.conf');
      },
    });
    expect(ran).toEqual({
      code: exitCode.noMatch,
      stdout: '',
      stderr: 'fleetctl: no config file x.conf: there is web.conf\n',
    });
  });
});

describe('fleetctl config diff', () => {
  it('compares the newest with the one it was made from', async () => {
    const ran = await ask(['config', 'diff', 'web.conf'], { getConfig });
    expect(ran).toMatchObject({ code: exitCode.different, stderr: '' });
    expect(ran.stdout.split('\n')).toEqual([
      '--- web.conf@2',
      '+++ web.conf@3',
      '@@ -1,3 +1,4 @@',
      '+; only a comment',
      ' [program:cat]',
      ' command=/bin/cat -n',
      ' [program:dog]',
      'no process group changes',
      '',
    ]);
  });

  it('compares two revisions, in text and in meaning', async () => {
    const ran = await ask(['config', 'diff', 'web.conf', '1', '2'], { getConfig });
    await expect(ran.stdout).toMatchFileSnapshot('./__golden__/diff.table.txt');
    const json = await ask(['config', 'diff', 'web.conf', '1', '2', '-o', 'json'], { getConfig });
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 1,
      kind: 'config-diff',
      isDifferent: true,
      groups: { added: ['dog'], changed: ['cat'], removed: [] },
    });
  });

  it('compares with a file', async () => {
    const same = await ask(['config', 'diff', 'web.conf', '--file', '/tmp/web.conf'], { getConfig }, { files });
    expect(same).toEqual({
      code: exitCode.ok,
      stdout: '',
      stderr: 'no differences between web.conf@3 and /tmp/web.conf\n',
    });
    const bad = await ask(['config', 'diff', 'web.conf', '--file', '/tmp/bad.conf'], { getConfig }, { files });
    expect(bad.code).toBe(exitCode.different);
    expect(bad.stdout).toMatch(/one of the two cannot be read as a config file/);
  });
});

describe('revisions by name', () => {
  it.each<[string[], (bigint | undefined)[]]>([
    [
      ['web.conf@1', 'web.conf@2'],
      [1n, 2n],
    ],
    [
      ['web.conf@1', '2'],
      [1n, 2n],
    ],
    [
      ['web.conf', '1', 'web.conf@2'],
      [1n, 2n],
    ],
    [['web.conf@1'], [1n, 0n]],
  ])('diff takes %j', async (words, asked) => {
    const ran = await ask(['config', 'diff', ...words], { getConfig });
    expect(ran.code).toBe(exitCode.different);
    expect(controller?.asked.map(({ question }) => question)).toEqual(
      asked.map((one) => ({ file: 'web.conf', revision: one })),
    );
  });

  it('rollback takes web.conf@1', async () => {
    await ask(['config', 'rollback', 'web.conf@1'], { rollBackConfig: () => [] });
    expect(controller?.asked[0]?.question).toMatchObject({ file: 'web.conf', revision: 1n });
  });

  it.each<[string[], RegExp]>([
    [['diff', '/tmp/web.conf'], /fleetctl config diff web.conf --file \/tmp\/web.conf compares the two/],
    [['diff', 'web.conf', './new.conf'], /fleetctl config diff web.conf --file .\/new.conf compares the two/],
    [['diff', 'web.conf', 'x'], /'x' is not a revision/],
    [['diff', 'web.conf@x'], /'x' is not a revision/],
    [['diff', 'web.conf@1', 'db.conf@1'], /two config files: name one/],
    [['diff', 'web.conf@1', '2', '3'], /names 3 revisions: 2 revisions are the most/],
    [['rollback', 'web.conf@1', '2'], /names 2 revisions: one revision is the most/],
  ])('refuses %j', async (words, message) => {
    const ran = await ask(['config', ...words], {});
    expect(ran.code).toBe(exitCode.usage);
    expect(ran.stderr).toMatch(message);
    expect(controller?.asked).toEqual([]);
  });
});

describe('fleetctl config validate', () => {
  it('needs no controller', async () => {
    const ran = await run(['config', 'validate', '/tmp/web.conf'], { files });
    expect(ran).toEqual({
      code: exitCode.ok,
      stdout: '/tmp/web.conf: ok: 2 process groups, 2 processes\n',
      stderr: '',
    });
  });

  it('names every mistake at once', async () => {
    const ran = await run(['config', 'validate', '/tmp/bad.conf', '/tmp/db.conf'], { files });
    expect(ran.code).toBe(exitCode.error);
    expect(ran.stdout).toMatch(/^\/tmp\/bad.conf:\d+: \[program:x\]/m);
    expect(ran.stdout).toMatch(/^\/tmp\/bad.conf:3: \[supervisord\]/m);
    expect(ran.stdout).toMatch(/^\/tmp\/db.conf: ok: 1 process group, 1 process$/m);
  });

  it('says which file it cannot read', async () => {
    const ran = await run(['config', 'validate', '/tmp/nosuch.conf'], { files });
    expect(ran).toMatchObject({ code: exitCode.noMatch, stderr: 'fleetctl: cannot read /tmp/nosuch.conf\n' });
  });
});
