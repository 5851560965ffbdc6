import { after, instant, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { Deadlines } from './deadlines.ts';

/** Turns of the event loop by hand: what is deferred waits for `turn`. */
function setup() {
  const clock = new VirtualClock();
  const deferred: (() => void)[] = [];
  const deadlines = new Deadlines(clock, (run) => deferred.push(run));
  const turn = () => {
    for (const run of deferred.splice(0)) run();
  };
  const said: string[] = [];
  const say = (text: string) => () => void said.push(text);
  return { clock, deadlines, turn, said, say, deferred, in: (ms: number) => after(clock.now(), ms) };
}

describe('Deadlines', () => {
  it('arms one timer for all, for the earliest of them', () => {
    const t = setup();
    for (const ms of [300, 100, 200]) t.deadlines.schedule(t.in(ms), t.say(`${ms}`));
    expect(t.clock.armed).toBe(1);
    expect(t.clock.nextAt).toBe(t.in(100));
    expect(t.deadlines.nextAt).toBe(t.in(100));
  });

  it('runs what is due in the order of time, then of asking', () => {
    const t = setup();
    const at = t.in(100);
    for (const name of ['b1', 'b2', 'b3']) t.deadlines.schedule(at, t.say(name));
    t.deadlines.schedule(t.in(50), t.say('a'));
    t.clock.advance(100);
    t.turn();
    expect(t.said).toEqual(['a', 'b1', 'b2', 'b3']);
  });

  it('lets I/O that came in with the timer go first', () => {
    const t = setup();
    t.deadlines.schedule(t.in(10), t.say('promoted'));
    t.clock.advance(10);
    t.say('exit read')();
    t.turn();
    expect(t.said).toEqual(['exit read', 'promoted']);
  });

  it('runs what is due already on request, without waiting for the turn', () => {
    const t = setup();
    t.deadlines.schedule(t.clock.now(), t.say('now'));
    expect(t.said).toEqual([]);
    t.deadlines.runDue();
    expect(t.said).toEqual(['now']);
  });

  it('yields when the slice of a turn is spent, and goes on in the next', () => {
    const t = setup();
    for (let i = 0; i < 10; i++) {
      t.deadlines.schedule(t.clock.now(), () => {
        t.clock.advance(3); // as long as a slow launch takes
        t.said.push(`${i}`);
      });
    }
    const perTurn: number[] = [];
    for (let before = 0; t.said.length < 10; before = t.said.length) {
      t.turn();
      perTurn.push(t.said.length - before);
    }
    expect(perTurn).toEqual([3, 3, 3, 1]);
  });

  it('lets launches wait for everything else, and those of the busiest longest', () => {
    const t = setup();
    const now = t.clock.now();
    t.deadlines.scheduleLaunch(now, instant(30), t.say('launched a moment ago'));
    t.deadlines.scheduleLaunch(now, instant(20), t.say('launched before that'));
    t.deadlines.scheduleLaunch(now, undefined, t.say('never launched'));
    t.deadlines.scheduleLaunch(now, undefined, t.say('never launched either'));
    t.deadlines.schedule(t.in(1), t.say('a promotion'));
    t.clock.advance(1);
    t.turn();
    expect(t.said).toEqual([
      'a promotion',
      'never launched',
      'never launched either',
      'launched before that',
      'launched a moment ago',
    ]);
  });

  it('calls off launches that are due already', () => {
    const t = setup();
    const slow = () => void t.clock.advance(9);
    t.deadlines.scheduleLaunch(t.clock.now(), undefined, slow);
    const second = t.deadlines.scheduleLaunch(t.clock.now(), undefined, t.say('no'));
    t.turn();
    expect(t.deadlines.nextAt).toBeDefined();
    second.cancel();
    expect(t.deadlines.nextAt).toBeUndefined();
    t.turn();
    expect([t.said, t.clock.armed]).toEqual([[], 0]);
  });

  it('gives one slice to a turn, however often it is asked', () => {
    const t = setup();
    for (let i = 0; i < 9; i++) t.deadlines.schedule(t.clock.now(), () => void t.clock.advance(3));
    for (let i = 0; i < 5; i++) t.deadlines.runDue();
    expect(t.deadlines.nextAt).toBeDefined();
    t.turn();
    t.turn();
    expect(t.deadlines.nextAt).toBeUndefined();
  });

  it('runs nothing that was called off, and then sleeps', () => {
    const t = setup();
    const timers = Array.from({ length: 500 }, (_, i) => t.deadlines.schedule(t.in(i + 1), t.say('no')));
    for (const timer of timers) timer.cancel();
    for (const timer of timers) timer.cancel();
    expect(t.deadlines.nextAt).toBeUndefined();
    t.clock.advance(1000);
    t.turn();
    expect(t.said).toEqual([]);
    expect(t.clock.armed).toBe(0);
  });

  it('goes on after one of them has failed', () => {
    const t = setup();
    t.deadlines.schedule(t.clock.now(), () => {
      throw new Error('a bug');
    });
    t.deadlines.schedule(t.clock.now(), t.say('next'));
    expect(() => t.deadlines.runDue()).toThrow('a bug');
    t.turn();
    expect(t.said).toEqual(['next']);
  });

  it('does nothing any more once closed', () => {
    const t = setup();
    t.deadlines.schedule(t.in(1), t.say('no'));
    t.deadlines[Symbol.dispose]();
    t.deadlines.schedule(instant(0), t.say('no'));
    t.deadlines.runDue();
    t.turn();
    expect([t.said, t.clock.armed]).toEqual([[], 0]);
  });
});
