/** What event listeners of an agent get, and what becomes of events that they do not deal with. */
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { letGo, lingering, lingers } from '../support/lingering.ts';
import { eventsOf, heard, type ListenerOptions, listener } from '../support/listener.ts';
import { call, processInfo, served, typeTo } from '../support/rpc.ts';
import { until } from '../support/until.ts';

const remote = 'REMOTE_COMMUNICATION';

/** An agent with one listener of remote communication, which is ready. */
async function listening(options: ListenerOptions = {}): Promise<LoneAgent> {
  const agent = await LoneAgent.start(served + listener('lst', remote, options), { daemon: 'loglevel=debug' });
  await agent.says(/^lst: ACKNOWLEDGED -> READY$/);
  return agent;
}

async function send(agent: LoneAgent, ...types: readonly string[]): Promise<void> {
  for (const type of types) expect(await call(agent, 'supervisor.sendRemoteCommEvent', type, 'data')).toBe(true);
}

const serials = (agent: LoneAgent, name = 'lst') =>
  eventsOf(agent, name).map(({ header }) => Number(/ serial:(\d+)/.exec(header)?.[1]));

describe.concurrent('events', () => {
  it('tell of groups, of states and of the daemon, each with its header and its facts', async () => {
    const once = 'autostart=false\nautorestart=false\nstartretries=0\n';
    await using agent = await LoneAgent.start(
      `${served}${listener('lst', 'PROCESS_STATE,PROCESS_GROUP,SUPERVISOR_STATE_CHANGE', { buffer: 50 })}
[program:cat]\ncommand=cat\nstartsecs=0\n${once}
[program:done]\ncommand=/bin/sh -c 'read x; exit 4'\nstartsecs=0\nexitcodes=4\n${once}
[program:hopeless]\ncommand=/bin/sh -c 'exit 3'\n${once}`,
      { daemon: 'identifier=me' },
    );
    const early = await heard(agent, 'lst', 7);
    expect(early[0]).toEqual({
      header: 'ver:3.0 server:me serial:0 pool:lst poolserial:0 eventname:PROCESS_GROUP_ADDED len:14',
      payload: 'groupname:lst\n',
    });
    expect(await call(agent, 'supervisor.startProcess', 'cat')).toBe(true);
    const cat = await agent.pidOf('cat');
    expect(await call(agent, 'supervisor.stopProcess', 'cat')).toBe(true);
    expect(await call(agent, 'supervisor.removeProcessGroup', 'cat')).toBe(true);
    expect(await call(agent, 'supervisor.startProcess', 'done')).toBe(true);
    const done = await agent.pidOf('done');
    await typeTo(agent, 'done', 'go\n');
    await agent.says(/^exited: done \(exit status 4; expected\)$/);
    await call(agent, 'supervisor.startProcess', 'hopeless', false);

    const all = await heard(agent, 'lst', 18);
    const lst = await agent.pidOf('lst');
    const told = all.map(({ header, payload }) => `${/eventname:(\S+)/.exec(header)?.[1]} ${payload}`);
    expect(told.slice(0, 7).toSorted()).toEqual([
      'PROCESS_GROUP_ADDED groupname:cat\n',
      'PROCESS_GROUP_ADDED groupname:done\n',
      'PROCESS_GROUP_ADDED groupname:hopeless\n',
      'PROCESS_GROUP_ADDED groupname:lst\n',
      `PROCESS_STATE_RUNNING processname:lst groupname:lst from_state:STARTING pid:${lst}`,
      'PROCESS_STATE_STARTING processname:lst groupname:lst from_state:STOPPED tries:0',
      'SUPERVISOR_STATE_CHANGE_RUNNING ',
    ]);
    expect(told.slice(7)).toEqual([
      'PROCESS_STATE_STARTING processname:cat groupname:cat from_state:STOPPED tries:0',
      `PROCESS_STATE_RUNNING processname:cat groupname:cat from_state:STARTING pid:${cat}`,
      `PROCESS_STATE_STOPPING processname:cat groupname:cat from_state:RUNNING pid:${cat}`,
      `PROCESS_STATE_STOPPED processname:cat groupname:cat from_state:STOPPING pid:${cat}`,
      'PROCESS_GROUP_REMOVED groupname:cat\n',
      'PROCESS_STATE_STARTING processname:done groupname:done from_state:STOPPED tries:0',
      `PROCESS_STATE_RUNNING processname:done groupname:done from_state:STARTING pid:${done}`,
      `PROCESS_STATE_EXITED processname:done groupname:done from_state:RUNNING expected:1 pid:${done}`,
      'PROCESS_STATE_STARTING processname:hopeless groupname:hopeless from_state:STOPPED tries:0',
      'PROCESS_STATE_BACKOFF processname:hopeless groupname:hopeless from_state:STARTING tries:1',
      'PROCESS_STATE_FATAL processname:hopeless groupname:hopeless from_state:BACKOFF',
    ]);
    expect(serials(agent)).toEqual(all.map((_, place) => place));
  });

  it('tell a listener of the end before it is stopped, which is last', async () => {
    await using agent = await LoneAgent.start(listener('lst', 'SUPERVISOR_STATE_CHANGE') + lingering('slow'));
    await lingers(agent, 'slow');
    await heard(agent, 'lst', 1);
    agent.kill('SIGTERM');
    await heard(agent, 'lst', 2);
    letGo(agent, 'slow');
    await agent.end();
    expect(eventsOf(agent, 'lst').map(({ header }) => /eventname:(\S+ len:\d+)$/.exec(header)?.[1])).toEqual([
      'SUPERVISOR_STATE_CHANGE_RUNNING len:0',
      'SUPERVISOR_STATE_CHANGE_STOPPING len:0',
    ]);
    expect(agent.messages().at(-1)).toBe('stopped: lst (terminated by SIGTERM)');
  });

  it('go to one process of a pool, and to each pool once', async () => {
    await using agent = await LoneAgent.start(
      served +
        listener('pool', remote, { words: 'hold hold', more: 'process_name=%(process_num)d\nnumprocs=2' }) +
        listener('other', remote),
      { daemon: 'loglevel=debug' },
    );
    await agent.says(/: ACKNOWLEDGED -> READY$/, 3);
    await send(agent, 'first', 'second', 'third');
    await heard(agent, 'other', 3);
    await heard(agent, '0', 1);
    await heard(agent, '1', 1);
    expect([serials(agent, '0'), serials(agent, '1'), serials(agent, 'other')]).toEqual([[0], [1], [0, 1, 2]]);
    process.kill(await agent.pidOf('1'), 'SIGUSR2');
    await heard(agent, '1', 2);
    expect(serials(agent, '0')).toEqual([0]);
    expect(eventsOf(agent, '1')[1]?.header).toContain(' pool:pool poolserial:2 ');
  });

  it('carry what programs write, text or not, and their messages; the length counts characters', async () => {
    const parts = ['h\\303\\251llo', '\\377', 'a<!--XSUPERVISOR:BEGIN-->\\360\\237\\231\\202<!--XSUPERVISOR:END-->b'];
    const script = parts.map((text) => `read x; printf "${text}"`).join('; ');
    const talker = (name: string, option: string) =>
      `[program:${name}]\ncommand=/bin/sh -c '${script}; read x'\nstartsecs=0\nredirect_stderr=true\n${option}\n\n`;
    await using agent = await LoneAgent.start(
      served +
        listener('lst', `PROCESS_LOG,PROCESS_COMMUNICATION,${remote}`) +
        talker('aloud', 'stdout_events_enabled=true') +
        talker('discreet', 'stdout_capture_maxbytes=1KB\nstdout_logfile=discreet.log'),
    );
    const pids = { aloud: await agent.pidOf('aloud'), discreet: await agent.pidOf('discreet') };
    for (const count of [1, 2, 3]) {
      await typeTo(agent, 'aloud', '\n');
      await heard(agent, 'lst', count);
    }
    await typeTo(agent, 'discreet', '\n\n\n');
    await heard(agent, 'lst', 4);
    await call(agent, 'supervisor.sendRemoteCommEvent', 'typé', 'dätä');
    const events = await heard(agent, 'lst', 5);
    const whose = (name: keyof typeof pids) => `processname:${name} groupname:${name} pid:${pids[name]}`;
    expect(events.map(({ header, payload }) => `${/eventname:(\S+)/.exec(header)?.[1]} ${payload}`)).toEqual([
      `PROCESS_LOG_STDOUT ${whose('aloud')} channel:stdout\nhéllo`,
      `PROCESS_LOG_STDOUT ${whose('aloud')} channel:stdout\nUndecodable: b'\\xff'`,
      `PROCESS_LOG_STDOUT ${whose('aloud')} channel:stdout\na<!--XSUPERVISOR:BEGIN-->🙂<!--XSUPERVISOR:END-->b`,
      `PROCESS_COMMUNICATION_STDOUT ${whose('discreet')}\n🙂`,
      `${remote} type:typé\ndätä`,
    ]);
    await until('what was outside is in the log', () => agent.read('discreet.log').endsWith('ab'));
  });

  it('come every five seconds to whoever wants them', async () => {
    await using agent = await LoneAgent.start(listener('lst', 'TICK_5') + listener('rare', 'TICK_3600'));
    const [tick] = await heard(agent, 'lst', 1);
    expect(tick?.header).toMatch(/ serial:\d+ pool:lst poolserial:0 eventname:TICK_5 len:15$/);
    const [, when] = /^when:(\d{10})$/.exec(tick?.payload ?? '') ?? [];
    expect(Number(when) % 5).toBe(0);
    expect(Math.abs(Date.now() / 1000 - Number(when))).toBeLessThan(60);
  });
});

describe.concurrent('an event that is not dealt with', () => {
  it('comes again to its own pool, the same and before all others, until it is', async () => {
    await using agent = await LoneAgent.start(
      served + listener('lst', remote, { words: 'fail fail' }) + listener('rare', 'TICK_3600'),
    );
    await send(agent, 'first', 'second');
    await heard(agent, 'lst', 4);
    expect(serials(agent)).toEqual([0, 0, 0, 1]);
    expect(
      new Set(
        eventsOf(agent, 'lst')
          .slice(0, 3)
          .map(({ header }) => header),
      ).size,
    ).toBe(1);
    await agent.says(/^lst: event was rejected$/, 2);
    expect(eventsOf(agent, 'rare')).toEqual([]);
  });

  it('comes again to the next run of a listener that died over it', async () => {
    await using agent = await listening({ words: 'ok die' });
    await send(agent, 'first', 'second', 'third');
    await heard(agent, 'lst', 4);
    expect(serials(agent)).toEqual([0, 1, 1, 2]);
    expect(agent.pidsOf('lst')).toHaveLength(2);
  });

  it('is dropped, the oldest first, when too many wait', async () => {
    await using agent = await listening({ words: 'hold', buffer: 2 });
    await send(agent, 'n0');
    await heard(agent, 'lst', 1);
    await send(agent, 'n1', 'n2', 'n3', 'n4');
    expect(agent.messages().filter((text) => text.includes('overflowed'))).toEqual([
      'pool lst event buffer overflowed, discarding event 1',
      'pool lst event buffer overflowed, discarding event 2',
    ]);
    process.kill(await agent.pidOf('lst'), 'SIGUSR2');
    await heard(agent, 'lst', 3);
    expect(serials(agent)).toEqual([0, 3, 4]);
  });
});

describe.concurrent('a listener that breaks the protocol', () => {
  const silenced =
    'lst: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process violated the eventlistener protocol';

  it.each([
    { words: 'garble', what: 'with a result that is none', received: 1 },
    { words: 'chatter', what: 'with words nobody asked for', received: 1 },
  ])('$what gets no more until it is restarted, and stays RUNNING', async ({ words, received }) => {
    await using agent = await listening({ words });
    await send(agent, 'first');
    await agent.says(/^lst: has entered the UNKNOWN state/);
    expect(agent.messages()).toContain(silenced);
    await send(agent, 'second');
    expect(await processInfo(agent, 'lst')).toMatchObject({ statename: 'RUNNING' });
    expect(eventsOf(agent, 'lst')).toHaveLength(received);
    await call(agent, 'supervisor.stopProcess', 'lst');
    await call(agent, 'supervisor.startProcess', 'lst');
    const events = await heard(agent, 'lst', words === 'garble' ? 3 : 2);
    expect(events.at(-1)?.payload).toBe('type:second\ndata');
  });

  it('with megabytes of garbage, or without ever reading, harms nobody else', async () => {
    await using agent = await LoneAgent.start(
      `${served}${listener('lst', remote)}
[eventlistener:garbage]\ncommand=/bin/sh -c 'head -c 20000000 /dev/urandom; exec sleep 1000'\nevents=EVENT\nstartsecs=0\nstopasgroup=true
[eventlistener:deaf]\ncommand=/bin/sh -c 'echo READY; while :; do printf "RESULT 2\\nOKREADY\\n"; sleep 0.01; done'\nevents=EVENT\nstartsecs=0\nstopasgroup=true\n`,
    );
    await agent.says(/^garbage: has entered the UNKNOWN state/);
    await agent.says(/^deaf: has entered the UNKNOWN state/);
    await send(agent, 'first', 'second');
    await heard(agent, 'lst', 2);
    expect((await agent.end()).code).toBe(0);
  });
});
