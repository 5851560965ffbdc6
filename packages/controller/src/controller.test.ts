/** The main job through the real doors: agents that are scripts, a real store, real sockets. */

import {
  HostTaskState,
  type ListConfigsResponse,
  type ListCrashesResponse,
  ListEventsRequest,
  PushConfigRequest,
  type RolloutProgress,
  RolloutState,
} from '@fleetvisor/protocol/api';
import { ConfigPhase, type EventBody, Outcome } from '@fleetvisor/protocol/common';
import { ApplyMode, type ConfigOffer } from '@fleetvisor/protocol/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostIdOf, runningProcess, ScriptedAgent } from './testing/scripted-agent.ts';
import { allOf, answerOf, type TestController, testController } from './testing/test-controller.ts';

let house: TestController;
beforeEach(async () => {
  house = await testController();
});
afterEach(() => house[Symbol.asyncDispose]());

const webConf = Buffer.from('[program:cat]\ncommand=/bin/cat\n');

/** What a good agent says to an offer. */
function accept(agent: ScriptedAgent, offer: ConfigOffer): void {
  const status = { nonce: offer.nonce, to: offer.to, problems: [], results: [] };
  agent.send({ $case: 'configStatus', value: { ...status, phase: ConfigPhase.ACCEPTED, running: undefined } });
  agent.send({ $case: 'configStatus', value: { ...status, phase: ConfigPhase.APPLIED, running: offer.to } });
}

function push(overrides: Partial<PushConfigRequest>): Promise<RolloutProgress['step'][]> {
  const request = PushConfigRequest.fromPartial({
    file: 'web.conf',
    content: webConf,
    selector: { hostGroups: ['web'] },
    message: 'first push',
    parent: 0n,
    ...overrides,
  });
  return allOf(house.configs.pushConfig(request)).then((steps) => steps.map(({ progress }) => progress?.step));
}

const crash: NonNullable<EventBody['kind']> = {
  $case: 'crash',
  value: {
    process: { group: 'cat', name: 'cat' },
    run: 1n,
    pid: 123,
    exit: { how: { $case: 'signal', value: 9 }, coreDumped: false },
    fatal: false,
    spawnError: '',
    startedAtUs: 1_700_000_000_000_000n,
    ranForUs: 90_000_000n,
    lastOutput: Buffer.from('last words\n'),
    lastOutputStream: 2,
    generation: undefined,
    outOfMemory: false,
  },
};

describe('a config push', () => {
  it('reaches the hosts it selects, and ends when they have applied it', async () => {
    await using web1 = await ScriptedAgent.connect(house.link, 1, { name: 'web1', hostGroups: ['web'] });
    await using _db1 = await ScriptedAgent.connect(house.link, 2, { name: 'db1', hostGroups: ['db'] });
    const course = push({});
    const offer = await web1.next('configOffer');
    expect(offer.files).toEqual([{ name: 'web.conf', revision: 1n, content: webConf }]);
    expect(offer.mode).not.toBe(ApplyMode.COMPAT);
    accept(web1, offer);

    const steps = await course;
    expect(steps[0]).toMatchObject({ $case: 'planned', value: { targets: ['web1'], offline: [], unchanged: false } });
    expect(steps.at(-2)).toMatchObject({ $case: 'host', value: { host: 'web1', state: HostTaskState.HEALTHY } });
    expect(steps.at(-1)).toMatchObject({ $case: 'ended', value: { state: RolloutState.SUCCEEDED } });

    const { configs } = await answerOf<ListConfigsResponse>((answer) => house.configs.listConfigs({}, answer));
    expect(configs).toMatchObject([{ newest: { file: 'web.conf', revision: 1n }, stableRevision: 1n, hostCount: 1 }]);
    expect(await house.get('/api/v1/configs')).toMatchObject({
      status: 200,
      body: { configs: [{ file: 'web.conf', revision: 1, stableRevision: 1, hosts: ['web1'] }], next: null },
    });
    expect(await house.get('/api/v1/hosts?host=web1')).toMatchObject({
      body: { hosts: [{ name: 'web1', files: [{ file: 'web.conf', revision: 1 }], rolloutPending: false }] },
    });
  });

  it('shows the mistakes of a file that is not accepted, and stores nothing', async () => {
    await using _web1 = await ScriptedAgent.connect(house.link, 1, { name: 'web1', hostGroups: ['web'] });
    const [step, ...rest] = await push({ content: Buffer.from('[program:cat]\nautostart=perhaps\n') });
    expect(rest).toEqual([]);
    expect(step).toMatchObject({ $case: 'refused', value: { problems: expect.arrayContaining([expect.anything()]) } });
    const { configs } = await answerOf<ListConfigsResponse>((answer) => house.configs.listConfigs({}, answer));
    expect(configs).toEqual([]);
  });
});

describe('events', () => {
  it('are stored, acknowledged, and found through every door', async () => {
    await using web1 = await ScriptedAgent.connect(house.link, 1, { name: 'web1' });
    web1.sendEvents(1, 1n, [{ $case: 'agentStopping', value: { reason: 'test' } }, crash]);
    let ack = await web1.next('eventAck');
    if (ack.upToSeq < 2n) ack = await web1.next('eventAck');
    expect(ack.upToSeq).toBe(2n);

    const request = ListEventsRequest.fromPartial({ scope: { hosts: ['web1'] }, kinds: ['crash'] });
    const pages = await allOf(house.events.listEvents(request));
    const found = pages.flatMap(({ events }) => events);
    expect(found).toMatchObject([{ host: 'web1', seq: 2n, body: { kind: crash } }]);

    const ask = { scope: undefined, targets: ['cat'], limit: 0, sinceUs: 0n, beforePosition: 0n };
    const { crashes } = await answerOf<ListCrashesResponse>((answer) => house.events.listCrashes(ask, answer));
    expect(crashes).toMatchObject([{ host: 'web1', hostId: hostIdOf(1), seq: 2n }]);

    expect(await house.get('/api/v1/crashes?target=cat')).toMatchObject({
      status: 200,
      body: {
        crashes: [
          {
            host: 'web1',
            process: 'cat',
            exit: { signal: 9 },
            count: 1,
            ranForMs: 90_000,
            lastOutput: 'last words\n',
            lastOutputStream: 'stderr',
          },
        ],
        next: null,
      },
    });
    const { body } = await house.get('/api/v1/events?host=web1&kind=agentStopping');
    expect(body).toMatchObject({ events: [{ kind: 'agentStopping', details: { reason: 'test' }, process: null }] });
    const metrics = (await house.get('/metrics')).text;
    expect(metrics).toContain('fleet_crashes_total 1');
    expect(metrics).toContain('fleet_hosts{presence="online"} 1');
  });

  it('survive a restart of the controller', async () => {
    const web1 = await ScriptedAgent.connect(house.link, 1, { name: 'web1' });
    web1.sendEvents(1, 1n, [crash]);
    await web1.next('eventAck');
    await web1[Symbol.asyncDispose]();
    house = await house.restarted();
    const { body } = await house.get('/api/v1/crashes');
    expect(body).toMatchObject({ crashes: [{ host: 'web1', process: 'cat' }] });
    // It comes back, and is told what is known of its events.
    await using again = ScriptedAgent.dial(house.link, 1, { name: 'web1' });
    expect(await again.next('welcome')).toMatchObject({ ackedSeq: 1n });
  });

  it('can be followed without a gap', async () => {
    await using web1 = await ScriptedAgent.connect(house.link, 1, { name: 'web1' });
    web1.sendEvents(1, 1n, [crash]);
    await web1.next('eventAck');
    const request = ListEventsRequest.fromPartial({ kinds: ['crash'], newest: 10, follow: true });
    const stream = house.events.listEvents(request);
    stream.on('error', () => {});
    const messages = stream[Symbol.asyncIterator]();
    expect((await messages.next()).value?.events).toMatchObject([{ seq: 1n }]);
    web1.sendEvents(1, 2n, [crash]);
    expect((await messages.next()).value?.events).toMatchObject([{ seq: 2n }]);
    stream.cancel();
  });
});

describe('a command', () => {
  it('is carried out by the hosts in scope, and answered for the others at once', async () => {
    await using web1 = await ScriptedAgent.connect(house.link, 1, { name: 'web1', hostGroups: ['web'] });
    const web2 = await ScriptedAgent.connect(house.link, 2, { name: 'web2', hostGroups: ['web'] });
    await web2.leave();
    await expect
      .poll(async () => (await house.get('/api/v1/hosts?host=web2')).body)
      .toMatchObject({ hosts: [{ presence: 'planned-offline' }] });

    const request = {
      scope: { hosts: [], hostGroups: ['web'], labels: [] },
      action: { verb: { $case: 'restart' as const, value: { targets: ['cat'] } } },
      reason: 'test',
      timeoutMs: 0,
    };
    const answers = allOf(house.commands.runCommand(request));
    const command = await web1.next('command');
    expect(command).toMatchObject({ action: request.action, reason: 'test' });
    const result = {
      target: 'cat',
      process: { group: 'cat', name: 'cat' },
      outcome: Outcome.OK,
      message: 'started',
    };
    web1.send({
      $case: 'commandUpdate',
      value: {
        commandId: command.commandId,
        phase: 3,
        outcome: Outcome.OK,
        results: [result],
        changes: undefined,
        message: '',
        problems: [],
      },
    });
    const byHost = new Map((await answers).map((answer) => [answer.host, answer]));
    expect(byHost.get('web1')).toMatchObject({ outcome: Outcome.OK, results: [result] });
    expect(byHost.get('web2')).toMatchObject({ outcome: Outcome.HOST_OFFLINE });
  });
});

describe('logs', () => {
  it('of many hosts come as one stream', async () => {
    const processes = [runningProcess('web', 'api', 1)];
    await using web1 = await ScriptedAgent.connect(house.link, 1, { name: 'web1' }, processes);
    await using web2 = await ScriptedAgent.connect(house.link, 2, { name: 'web2' }, processes);
    await expect
      .poll(async () => (await house.get('/api/v1/processes')).body)
      .toMatchObject({ processes: [{ host: 'web1' }, { host: 'web2' }] });
    const request = { scope: undefined, targets: ['web:*'], stream: 1 as const, tailBytes: 100, follow: false };
    const answer = allOf(house.logs.tailLogs(request));
    for (const [n, agent] of [web1, web2].entries()) {
      const { streamId, process, tailBytes } = await agent.next('logOpen');
      expect({ process, tailBytes }).toEqual({ process: { group: 'web', name: 'api' }, tailBytes: 100 });
      await agent.answerLog(streamId, hostIdOf(n + 1), 1n, `of host ${n + 1}\n`);
    }
    const pieces = await answer;
    const text = (host: string) => Buffer.concat(pieces.filter((p) => p.host === host).map((p) => p.data)).toString();
    expect([text('web1'), text('web2')]).toEqual(['of host 1\n', 'of host 2\n']);
    expect(pieces.filter((piece) => piece.end).map((piece) => piece.error)).toEqual(['', '']);
  });
});
