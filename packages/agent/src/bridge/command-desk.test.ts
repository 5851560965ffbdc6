import { after, instant, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import type { ActionResult } from '../supervision/action.ts';
import { type Asked, CommandDesk, type CommandMemory } from './command-desk.ts';
import type { EngineMessage } from './port.ts';

const ok: ActionResult = { outcome: 'ok', results: [], changes: undefined, message: '', problems: [] };
const asked = (commandId: string): Asked => ({
  commandId,
  actor: 'ann',
  reason: '',
  action: { verb: 'start', targets: ['all'] },
});

const inTime = { receivedAt: instant(0), ttlMs: 1000 };

function house(run: (asked: Asked) => Promise<ActionResult> = async () => ok) {
  const clock = new VirtualClock();
  const known = new Map<string, ActionResult | undefined>();
  const memory: CommandMemory = {
    begin: (id) => {
      const result = known.get(id);
      if (result !== undefined) return { kind: 'done', result };
      if (known.has(id)) return { kind: 'begun' };
      known.set(id, undefined);
      return { kind: 'new' };
    },
    done: (id, result) => void known.set(id, result),
    synced: async () => undefined,
  };
  const sent: EngineMessage[] = [];
  const runs: string[] = [];
  const troubles: string[] = [];
  const desk = new CommandDesk(
    clock,
    memory,
    (a) => {
      runs.push(a.commandId);
      return run(a);
    },
    (message) => void sent.push(message),
    (text) => void troubles.push(text),
  );
  return { clock, memory, desk, sent, runs, troubles };
}

describe('CommandDesk', () => {
  it('accepts, runs and answers', async () => {
    const { desk, sent } = house();
    await desk.take(asked('1'), inTime);
    expect(sent.map((m) => m.kind)).toEqual(['commandAccepted', 'commandDone']);
  });

  it('does a repeated command once and answers it with what is known', async () => {
    const { desk, sent, runs } = house();
    await desk.take(asked('1'), inTime);
    await desk.take(asked('1'), inTime);
    expect(runs).toEqual(['1']);
    expect(sent.filter((m) => m.kind === 'commandDone')).toHaveLength(2);
  });

  it('does not begin a second time what is under way', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<ActionResult>();
    const { desk, runs } = house(() => promise);
    const first = desk.take(asked('1'), inTime);
    await desk.take(asked('1'), inTime);
    finish(ok);
    await first;
    expect(runs).toEqual(['1']);
  });

  it('says that it does not know what came of a command that an earlier life began', async () => {
    const { memory, desk, sent, runs } = house();
    memory.begin('1');
    await desk.take(asked('1'), inTime);
    expect(runs).toEqual([]);
    expect(sent).toMatchObject([{ kind: 'commandDone', result: { outcome: 'unknown' } }]);
  });

  it('does not begin what was cancelled before it came', async () => {
    const { desk, runs, sent } = house();
    desk.cancel('1');
    await desk.take(asked('1'), inTime);
    expect(runs).toEqual([]);
    expect(sent).toMatchObject([{ result: { outcome: 'cancelled' } }, { result: { outcome: 'cancelled' } }]);
  });

  it('says what became of a command when it is asked, and that of one under way when it has ended', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<ActionResult>();
    const { desk, memory, sent } = house(() => promise);
    const outcomes = () => sent.flatMap((m) => (m.kind === 'commandDone' ? `${m.commandId} ${m.result.outcome}` : []));
    const first = desk.take(asked('1'), inTime);
    desk.cancel('1');
    expect(outcomes()).toEqual([]);
    finish(ok);
    await first;
    desk.cancel('1');
    memory.begin('2');
    desk.cancel('2');
    expect(outcomes()).toEqual(['1 ok', '1 ok', '2 unknown']);
  });

  it('has under way what an agent before it has begun, until that is settled', async () => {
    const { desk, memory, sent, runs } = house();
    memory.begin('1');
    desk.awaits('1');
    desk.cancel('1');
    await desk.take(asked('1'), inTime);
    expect([runs, sent]).toEqual([[], []]);
    desk.settle('1', ok);
    desk.cancel('1');
    expect(sent).toMatchObject([{ result: { outcome: 'ok' } }, { result: { outcome: 'ok' } }]);
    expect(runs).toEqual([]);
  });

  it('never does a command after its time', async () => {
    const { clock, desk, sent, runs } = house();
    const deadline = { receivedAt: clock.now(), ttlMs: 1000 };
    clock.advance(2000);
    await desk.take(asked('1'), deadline);
    expect(after(deadline.receivedAt, 1000) < clock.now()).toBe(true);
    expect(runs).toEqual([]);
    expect(sent).toMatchObject([{ kind: 'commandDone', result: { outcome: 'expired' } }]);
  });

  it('begins nothing before it is on the disk that it is begun', async () => {
    const { desk, memory, sent, runs } = house();
    const { promise, resolve } = Promise.withResolvers<void>();
    Object.assign(memory, { synced: () => promise });
    const first = desk.take(asked('1'), inTime);
    await desk.take(asked('1'), inTime); // asked for again meanwhile
    expect([runs, sent]).toEqual([[], []]);
    resolve();
    await first;
    expect(runs).toEqual(['1']);
    expect(sent.map((m) => m.kind)).toEqual(['commandAccepted', 'commandDone']);
  });

  it('does not begin what has become late over it', async () => {
    const { clock, desk, memory, runs, sent } = house();
    const { promise, resolve } = Promise.withResolvers<void>();
    Object.assign(memory, { synced: () => promise });
    const taken = desk.take(asked('1'), inTime);
    await clock.advanceAsync(1500);
    resolve();
    await taken;
    expect(runs).toEqual([]);
    expect(sent).toMatchObject([{ kind: 'commandDone', result: { outcome: 'expired' } }]);
  });

  it('carries out all the same what a disk does not take in time, or refuses to sync, and says so', async () => {
    const { clock, desk, memory, runs, troubles } = house();
    Object.assign(memory, { synced: () => new Promise(() => {}) });
    const taken = desk.take(asked('1'), { receivedAt: clock.now(), ttlMs: 10_000 });
    await clock.advanceAsync(1999);
    expect(runs).toEqual([]);
    await clock.advanceAsync(1);
    await taken;
    Object.assign(memory, { synced: () => Promise.reject(new Error('I/O error')) });
    await desk.take(asked('2'), { receivedAt: clock.now(), ttlMs: 10_000 });
    expect(runs).toEqual(['1', '2']);
    const [late, refused] = troubles;
    expect(late).toMatch(/command 1 is begun: it takes more than 2 s; it is carried out all the same$/);
    expect(refused).toMatch(/command 2 is begun: I\/O error; it is carried out all the same$/);
  });

  it('answers with the reason when running it throws', async () => {
    const { desk, sent } = house(async () => {
      throw new Error('disk on fire');
    });
    await desk.take(asked('1'), inTime);
    expect(sent[1]).toMatchObject({ result: { outcome: 'failed', message: 'disk on fire' } });
  });

  it('carries out what it cannot write down, once, and answers it when it is asked for again', async () => {
    const { desk, sent, runs, troubles, memory } = house();
    const refuse = () => {
      throw new Error('database or disk is full');
    };
    Object.assign(memory, { begin: refuse, done: refuse });
    await desk.take(asked('1'), inTime);
    await desk.take(asked('1'), inTime);
    expect(runs).toEqual(['1']);
    expect(sent.filter((m) => m.kind === 'commandDone')).toHaveLength(2);
    expect(troubles).toEqual([
      'cannot write down that command 1 is begun: database or disk is full',
      'cannot write down what came of command 1: database or disk is full',
    ]);
  });
});
