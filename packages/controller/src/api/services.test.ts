/** What the services answer when asked well and badly, through real sockets; the main story is in controller.test.ts. */
import {
  type ForgetHostResponse,
  type GetConfigResponse,
  type GetFleetResponse,
  ListEventsRequest,
  type ListHostsResponse,
  ListProcessesRequest,
  type ListRevisionsResponse,
  PushConfigRequest,
  RollBackConfigRequest,
  RunCommandRequest,
  TailLogsRequest,
} from '@fleetvisor/protocol/api';
import { ConfigPhase, ProcessState } from '@fleetvisor/protocol/common';
import type { ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostIdOf, runningProcess, ScriptedAgent } from '../testing/scripted-agent.ts';
import { allOf, answerOf, type TestController, testController } from '../testing/test-controller.ts';
import { version } from '../version.ts';

let house: TestController;
let web1: ScriptedAgent;
let db1: ScriptedAgent;

beforeAll(async () => {
  house = await testController();
  const hello = { name: 'web1', hostGroups: ['web'], labels: { region: 'eu' } };
  web1 = await ScriptedAgent.connect(house.link, 1, hello, [
    runningProcess('cat', 'cat', 7),
    runningProcess('web', 'api', 8),
  ]);
  db1 = await ScriptedAgent.connect(house.link, 2, { name: 'db1', hostGroups: ['db'] }, [
    runningProcess('cat', 'cat', 9),
  ]);
  await vi.waitFor(async () => {
    const { body } = await house.get('/api/v1/processes');
    expect(body).toMatchObject({ processes: [{ host: 'db1' }, { host: 'web1' }, { host: 'web1' }] });
  });
});

afterAll(async () => {
  await web1[Symbol.asyncDispose]();
  await db1[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
});

/** The code, as fleetctl reads it, and the message of a call that fails. */
async function failure(call: Promise<unknown>): Promise<{ code: unknown; message: string }> {
  // grpc-js rejects with nothing else.
  const error = await call.then(
    () => expect.fail('it was answered'),
    (thrown: ServiceError) => thrown,
  );
  return { code: error.metadata.get('fleet-code')[0], message: error.details };
}

const scope = (hosts: string[], hostGroups: string[] = [], labels: string[] = []) => ({ hosts, hostGroups, labels });

describe('FleetService', () => {
  it('says who the controller is and how the fleet fares', async () => {
    const fleet = await answerOf<GetFleetResponse>((answer) => house.fleet.getFleet({}, answer));
    expect(fleet).toMatchObject({ version, hostCount: 2, onlineCount: 2 });
    expect(fleet.fleetId).toMatch(/^[0-9a-f-]{36}$/);
    expect(fleet.incarnation).not.toBe(fleet.fleetId);
    expect(fleet.startedAtUs).toBeGreaterThan(1_600_000_000_000_000n);
  });

  const scopes: [string, ReturnType<typeof scope>, string[]][] = [
    ['no scope', scope([]), ['db1', 'web1']],
    ['a name', scope(['web1']), ['web1']],
    ['a glob', scope(['*1']), ['db1', 'web1']],
    ['a host group', scope([], ['db']), ['db1']],
    ['a label', scope([], [], ['region=eu']), ['web1']],
  ];
  it.each(scopes)('lists the hosts of %s', async (_name, asked, names) => {
    const { hosts } = await answerOf<ListHostsResponse>((answer) => house.fleet.listHosts({ scope: asked }, answer));
    expect(hosts.map((host) => host.name)).toEqual(names);
  });

  it.each([['web9'], ['app*']])('does not know the host %s', async (name) => {
    const call = answerOf((answer) => house.fleet.listHosts({ scope: scope([name]) }, answer));
    const { code, message } = await failure(call);
    expect({ code, message }).toEqual({ code: 'not_found', message: expect.stringContaining(name) });
    if (name === 'web9') expect(message).toContain('did you mean web1?');
  });

  it('streams processes host by host, and names what matches nothing', async () => {
    const request = ListProcessesRequest.fromPartial({ targets: ['cat', 'web:*', 'nothing'] });
    const messages = await allOf(house.fleet.listProcesses(request));
    const shown = messages.map(({ host, processes }) => [host?.name, processes.map((p) => p.process?.name)]);
    expect(shown).toEqual([
      ['db1', ['cat']],
      ['web1', ['cat', 'api']],
      [undefined, []],
    ]);
    expect(messages[0]?.processes[0]).toMatchObject({ state: ProcessState.RUNNING, pid: 9 });
    expect(messages.at(-1)?.unmatchedTargets).toEqual(['nothing']);
  });

  it('forgets a host only once it is gone', async () => {
    const call = answerOf((answer) => house.fleet.forgetHost({ name: 'web1' }, answer));
    expect(await failure(call)).toMatchObject({ code: 'conflict', message: expect.stringContaining('web1') });
    const gone = await ScriptedAgent.connect(house.link, 3, { name: 'old1' });
    await gone.leave();
    await expect
      .poll(() =>
        answerOf<ForgetHostResponse>((answer) => house.fleet.forgetHost({ name: 'old1' }, answer)).catch(
          () => undefined,
        ),
      )
      .toEqual({ hostId: hostIdOf(3) });
  });
});

describe('CommandService', () => {
  it.each([
    ['nothing', undefined, 'invalid'],
    ['of no process', { verb: { $case: 'start' as const, value: { targets: [] } } }, 'invalid'],
  ])('refuses a command that asks %s', async (_name, action, code) => {
    const call = allOf(house.commands.runCommand(RunCommandRequest.fromPartial({ action })));
    expect(await failure(call)).toMatchObject({ code });
  });

  it('refuses a scope without a host', async () => {
    const action = { verb: { $case: 'stop' as const, value: { targets: ['all'] } } };
    const call = allOf(house.commands.runCommand(RunCommandRequest.fromPartial({ scope: scope(['web9']), action })));
    expect(await failure(call)).toMatchObject({ code: 'not_found', message: expect.stringContaining('web9') });
  });
});

describe('LogService', () => {
  it('says which process no host has', async () => {
    const call = allOf(house.logs.tailLogs(TailLogsRequest.fromPartial({ targets: ['cat', 'cab'] })));
    expect(await failure(call)).toEqual({
      code: 'not_found',
      message: expect.stringMatching(/no process named 'cab' \(did you mean cat\?\) on any of 2 hosts/),
    });
  });

  it('refuses to begin too far back', async () => {
    const call = allOf(house.logs.tailLogs(TailLogsRequest.fromPartial({ targets: ['cat'], tailBytes: 2 ** 31 })));
    expect(await failure(call)).toMatchObject({ code: 'invalid' });
  });
});

describe('EventService', () => {
  it('refuses a position that was never given', async () => {
    const call = allOf(house.events.listEvents(ListEventsRequest.fromPartial({ afterPosition: 1_000_000n })));
    expect(await failure(call)).toMatchObject({ code: 'stale', message: expect.stringContaining('restored') });
  });

  it('refuses more at once than it would give', async () => {
    const call = allOf(house.events.listEvents(ListEventsRequest.fromPartial({ newest: 10_001 })));
    expect(await failure(call)).toMatchObject({ code: 'invalid' });
  });

  it('tells of hosts that came, in the order of positions', async () => {
    const request = ListEventsRequest.fromPartial({ kinds: ['hostConnected'], scope: scope([]) });
    await expect
      .poll(async () => (await allOf(house.events.listEvents(request))).flatMap(({ events }) => events).length)
      .toBeGreaterThanOrEqual(2);
    const events = (await allOf(house.events.listEvents(request))).flatMap((page) => page.events);
    const positions = events.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted((a, b) => Number(a - b)));
  });
});

describe('ConfigService', () => {
  const push = (overrides: Partial<PushConfigRequest>) =>
    allOf(
      house.configs.pushConfig(
        PushConfigRequest.fromPartial({
          file: 'web.conf',
          content: Buffer.from('[program:dog]\ncommand=/bin/cat\n'),
          selector: { hostGroups: ['web'] },
          parent: -1n,
          ...overrides,
        }),
      ),
    );

  /** Says that web1 has applied what it is offered, until `count` offers of that many files have come. */
  async function applyOffer(fileCount: number): Promise<void> {
    let offer = await web1.next('configOffer');
    while (offer.files.length !== fileCount) offer = await web1.next('configOffer');
    const { nonce, to } = offer;
    for (const phase of [ConfigPhase.ACCEPTED, ConfigPhase.APPLIED]) {
      const running = phase === ConfigPhase.APPLIED ? to : undefined;
      web1.send({ $case: 'configStatus', value: { nonce, to, phase, running, problems: [], results: [] } });
    }
  }

  it('shows what a push would do without doing it', async () => {
    const steps = await push({ dryRun: true });
    expect(steps).toMatchObject([
      { progress: { step: { $case: 'planned', value: { rolloutId: '', targets: ['web1'] } } } },
    ]);
    const call = answerOf((answer) => house.configs.getConfig({ file: 'web.conf', revision: 0n }, answer));
    expect(await failure(call)).toEqual({ code: 'not_found', message: expect.stringContaining('there is none yet') });
  });

  it('refuses a push to nobody', async () => {
    expect(
      await failure(push({ selector: { hosts: ['web9'], hostGroups: [], labels: [], all: false } })),
    ).toMatchObject({
      code: 'not_found',
    });
  });

  it('keeps revisions, refuses an old parent, and rolls back', async () => {
    const first = push({ message: 'one', parent: 0n });
    await applyOffer(1);
    await first;
    const changed = Buffer.from('[program:dog]\ncommand=/bin/cat\nautorestart=true\n');
    expect(await failure(push({ content: changed, parent: 0n }))).toMatchObject({ code: 'conflict' });
    const second = push({ content: changed, message: 'two', parent: 1n });
    await applyOffer(1);
    await second;

    const { revisions } = await answerOf<ListRevisionsResponse>((answer) =>
      house.configs.listRevisions({ file: 'web.conf', limit: 0 }, answer),
    );
    expect(revisions).toMatchObject([
      { revision: 2n, parent: 1n, message: 'two', stable: true },
      { revision: 1n, parent: 0n, message: 'one', stable: false },
    ]);
    expect(revisions[0]?.content).toHaveLength(0);

    const rollBack = allOf(
      house.configs.rollBackConfig(RollBackConfigRequest.fromPartial({ file: 'web.conf', message: 'back' })),
    );
    await applyOffer(1);
    expect((await rollBack).at(-1)).toMatchObject({ progress: { step: { $case: 'ended' } } });
    const { revision, hosts } = await answerOf<GetConfigResponse>((answer) =>
      house.configs.getConfig({ file: 'web.conf', revision: 0n }, answer),
    );
    expect(revision).toMatchObject({ revision: 3n, content: Buffer.from('[program:dog]\ncommand=/bin/cat\n') });
    expect(hosts).toEqual(['web1']);
  });

  it('says which revisions and files there are', async () => {
    const absent = answerOf((answer) => house.configs.getConfig({ file: 'web.conf', revision: 99n }, answer));
    expect(await failure(absent)).toEqual({
      code: 'not_found',
      message: 'web.conf has no revision 99; its newest is 3',
    });
    const unknown = answerOf((answer) => house.configs.listRevisions({ file: 'wep.conf', limit: 0 }, answer));
    expect(await failure(unknown)).toEqual({
      code: 'not_found',
      message: "no config file is called 'wep.conf' (did you mean web.conf?); there are: web.conf",
    });
  });
});
