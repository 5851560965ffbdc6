import { fileURLToPath } from 'node:url';
import { type Clock, seededRandom, systemClock, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AgentEvent } from '../events/event.ts';
import { introduction } from '../link/fixtures/introduction.ts';
import { openAgentDb } from '../state/agent-db.ts';
import { CommandLog } from '../state/command-log.ts';
import { fillDisk } from '../state/fixtures/full-disk.ts';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { FleetState } from '../state/fleet-state.ts';
import { Spool } from '../state/spool.ts';
import type { Action, ActionResult } from '../supervision/action.ts';
import { FleetLink, type FleetLinkParts } from './fleet-link.ts';
import { bridgePair } from './in-memory.ts';
import { forkLink } from './link-child.ts';
import type { EngineEnd, EngineMessage, LinkMessage, Offer } from './port.ts';

const scriptedLink = fileURLToPath(new URL('./fixtures/scripted-link.ts', import.meta.url));
const ok: ActionResult = { outcome: 'ok', results: [], changes: undefined, message: '', problems: [] };
const connected = { kind: 'connected', session: '7n', fleetId: 'f', incarnation: 'i', ackedSeq: '0n' };
const command = {
  kind: 'command',
  commandId: 'c1',
  actor: 'ann',
  reason: '',
  receivedAt: 0,
  ttlMs: Number.MAX_SAFE_INTEGER,
};

/** An engine's side of a link that says this; what the engine says to it is in the log, by kind. */
async function linked(
  says: readonly object[],
  options: {
    readonly isDiskFull?: boolean;
    readonly onRun?: (link: FleetLink) => void;
    readonly clock?: Clock;
    readonly startLink?: FleetLinkParts['startLink'];
    readonly run?: FleetLinkParts['run'];
  } = {},
) {
  const db = openAgentDb(tempFolder());
  const [clock, random] = [options.clock ?? systemClock, seededRandom(1)];
  const spool = new Spool(db, { clock, random, onTrouble: () => {} });
  const fleet = new FleetState(db);
  const [log, records, ran, offers]: [string[], AgentEvent[], Action[], Offer[]] = [[], [], [], []];
  const refusals: string[] = [];
  if (options.isDiskFull === true) fillDisk(db);
  vi.stubEnv('LINK_SAYS', JSON.stringify(says));
  const link: FleetLink = new FleetLink({
    ...{ clock, random, spool, fleet },
    startLink: options.startLink ?? ((log) => forkLink({ modulePath: scriptedLink }, log)),
    log: (level, text) => void log.push(`${level} ${text}`),
    introduction: () => introduction({}),
    processes: () => [],
    commandLog: new CommandLog(db, clock),
    run: async (asked) => {
      ran.push(asked.action);
      options.onRun?.(link);
      return options.run?.(asked) ?? ok;
    },
    record: (event) => records.push(event),
    openLog: () => (async function* () {})(),
    takeOffer: async (offer) => {
      offers.push(offer);
      throw new Error('a bug');
    },
    refused: (reason) => refusals.push(reason),
  });
  vi.unstubAllEnvs();
  onTestFinished(async () => {
    await link[Symbol.asyncDispose]();
    await db[Symbol.asyncDispose]();
  });
  const said = () => log.flatMap((line) => /^warn link: \{"kind":"(\w+)"/.exec(line)?.[1] ?? []);
  const hears = (kind: string) => vi.waitUntil(() => said().includes(kind), { timeout: 10_000 });
  return { link, fleet, log, records, ran, offers, refusals, said, hears };
}

describe('FleetLink', () => {
  it('introduces itself first, and remembers whom it speaks with', async () => {
    const { fleet, said, log, hears } = await linked([connected, { kind: 'snapshotWanted' }, { kind: 'ping', id: 1 }]);
    await hears('pong');
    expect(said()).toEqual(['introduction', 'snapshot', 'pong']);
    expect(fleet.fleet).toEqual({ fleetId: 'f', incarnation: 'i' });
    expect(log).toContain('info connected to the controller (session 7)');
  });

  it('carries out a command and makes an event of it', async () => {
    const action: Action = { verb: 'stop', targets: ['web'] };
    const { ran, records, hears } = await linked([connected, { ...command, action }]);
    await hears('commandDone');
    expect(ran).toEqual([action]);
    expect(records).toMatchObject([
      { kind: 'commandDone', commandId: 'c1', actor: 'ann', verb: 'stop', targets: ['web'] },
    ]);
  });

  it('tells what a command has changed before it says that it is done', async () => {
    const action: Action = { verb: 'stop', targets: ['web'] };
    const house = await linked([connected, { kind: 'snapshotWanted' }, { ...command, action }], {
      onRun: (link) => link.statusChanged({ group: 'web', name: 'web' }),
    });
    await house.hears('commandDone');
    expect(house.said().slice(1)).toEqual(['snapshot', 'commandAccepted', 'delta', 'commandDone']);
  });

  it('is seen and obeys with a full disk too', async () => {
    const action: Action = { verb: 'stop', targets: ['web'] };
    const says = [
      { ...connected, ackedSeq: '0n' },
      { ...command, action },
    ];
    const { ran, log, hears } = await linked(says, { isDiskFull: true });
    await hears('commandDone');
    expect(ran).toEqual([action]);
    expect(log.filter((line) => line.startsWith('critical'))).toEqual([
      'critical cannot write down which controller this is: database or disk is full',
      'critical cannot write down that command c1 is begun: database or disk is full',
      'critical cannot write down what came of command c1: database or disk is full',
    ]);
  });

  it('gives up on a controller that refuses for good only before it was ever let in', async () => {
    const refusal = { kind: 'disconnected', reason: 'the name is taken', isPermanent: true };
    const passing = { kind: 'disconnected', reason: 'nobody answers', isPermanent: false };
    const stranger = await linked([passing, refusal, { kind: 'ping', id: 1 }]);
    await stranger.hears('pong');
    expect(stranger.refusals).toEqual(['the name is taken']);
    const member = await linked([connected, refusal, { kind: 'ping', id: 1 }]);
    await member.hears('pong');
    expect(member.refusals).toEqual([]);
  });

  it('numbers anew, and introduces itself again, when the controller has more events than were ever made', async () => {
    const { said, log, hears } = await linked([
      { ...connected, ackedSeq: '9n' },
      { kind: 'ping', id: 1 },
    ]);
    await hears('pong');
    expect(said()).toEqual(['introduction', 'introduction', 'pong']);
    expect(log.join('\n')).toContain('numbering anew');
  });

  it('says once why there is no connection, however often it is tried', async () => {
    const away = { kind: 'disconnected', reason: 'nobody listens', isPermanent: false };
    const { log, hears } = await linked([
      away,
      away,
      { ...away, reason: 'denied', isPermanent: true },
      { kind: 'ping', id: 1 },
    ]);
    await hears('pong');
    expect(log.filter((line) => line.includes('not connected'))).toEqual([
      'warn not connected to the controller: nobody listens',
      'critical not connected to the controller: denied',
    ]);
  });

  it('outlives an offer that cannot be taken, and says so', async () => {
    const to = { incarnation: 'i', generation: '1n', hash: 'h' };
    const offer = { nonce: 'n', to, files: [], rolloutId: 'r', mode: 'minimal' };
    const { log, offers, hears } = await linked([connected, { kind: 'offer', offer }, { kind: 'ping', id: 1 }]);
    await hears('pong');
    expect(offers).toHaveLength(1);
    expect(log).toContain('error cannot take the offered config: a bug');
  });

  it('says goodbye', async () => {
    const { link, said, hears } = await linked([connected]);
    await hears('introduction');
    await link.sayGoodbye('stop');
    expect(said().at(-1)).toBe('stopping');
  });
});

describe('an agent that is not replaced after all', () => {
  it('goes on with what is under way, and with the table as it was told', async () => {
    const bridges = [bridgePair(), bridgePair()] as const;
    const exits = bridges.map(() => Promise.withResolvers<string>());
    let started = 0;
    const startLink: FleetLinkParts['startLink'] = () => {
      const [engineEnd] = bridges[started === 0 ? 0 : 1];
      const exited = exits[started++]?.promise ?? Promise.reject(new Error('two links are enough'));
      return { pid: started, end: engineEnd, exited, kill: () => {} };
    };
    const { promise: done, resolve: finish } = Promise.withResolvers<ActionResult>();
    const house = await linked([], { startLink, run: () => done });
    const [[, first], [, second]] = bridges;
    first.send({ kind: 'snapshotWanted' });
    const action: Action = { verb: 'restart', targets: ['web'] };
    first.send({ ...command, kind: 'command', action, receivedAt: systemClock.now(), ttlMs: 60_000 });
    const heard = first.incoming[Symbol.asyncIterator]();
    const until = async (incoming: AsyncIterator<EngineMessage>, kind: EngineMessage['kind']) => {
      for (;;) {
        const { value, done: isOver } = await incoming.next();
        if (isOver) throw new Error(`no ${kind} came`);
        if (value.kind === kind) return value;
      }
    };
    expect(await until(heard, 'snapshot')).toMatchObject({ version: 1 });
    await until(heard, 'commandAccepted');
    const left = house.link.sayGoodbye('upgrade');
    await until(heard, 'stopping');
    await first[Symbol.asyncDispose]();
    exits[0]?.resolve('exit code 0');
    await left;

    house.link.resume();
    second.send({ kind: 'snapshotWanted' });
    second.send({ kind: 'commandCancel', commandId: command.commandId });
    second.send({ kind: 'ping', id: 7 });
    const again = second.incoming[Symbol.asyncIterator]();
    expect(await until(again, 'snapshot')).toMatchObject({ version: 1 });
    expect(await again.next()).toMatchObject({ value: { kind: 'pong', id: 7 } });
    finish(ok);
    expect(await until(again, 'commandDone')).toMatchObject({ commandId: command.commandId, result: ok });
    exits[1]?.resolve('exit code 0');
  });
});

describe('the link after one that has died', () => {
  it('is told everything, also where what is left of the first ends later', async () => {
    const bridges = [bridgePair(), bridgePair()] as const;
    const firstEnds = Promise.withResolvers<void>();
    const firstExits = Promise.withResolvers<string>();
    const secondExits = Promise.withResolvers<string>();
    const clock = new VirtualClock();
    let started = 0;
    const startLink: FleetLinkParts['startLink'] = () => {
      const isFirst = started++ === 0;
      const [engineEnd] = bridges[isFirst ? 0 : 1];
      const { promise: exited, resolve } = isFirst ? firstExits : secondExits;
      const end: EngineEnd = {
        send: (message) => engineEnd.send(message),
        queuedBytes: 0,
        incoming: isFirst ? endingWith(firstEnds.promise) : engineEnd.incoming,
        [Symbol.asyncDispose]: async () => resolve('ended'),
      };
      return { pid: started, exited, end, kill: () => resolve('killed') };
    };
    const { link } = await linked([], { clock, startLink });
    firstExits.resolve('killed');
    await clock.advanceAsync(2_000);
    expect(started).toBe(2);
    firstEnds.resolve();
    await clock.advanceAsync(0);
    const to = { incarnation: 'i', generation: 1n, hash: 'h' };
    link.report({ nonce: 'n', to, phase: 'applied', problems: [], running: to, results: [] });
    await bridges[1][0][Symbol.asyncDispose]();
    const heard = await Array.fromAsync(bridges[1][1].incoming, ({ kind }) => kind);
    expect(heard).toEqual(['introduction', 'offerStatus']);
  });
});

/** Nothing, until it ends. */
async function* endingWith(end: Promise<void>): AsyncGenerator<LinkMessage> {
  const nothing: readonly LinkMessage[] = await end.then(() => []);
  yield* nothing;
}
