import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import type { Transition } from '../supervision/process/effect.ts';
import { runId } from '../supervision/process/state.ts';
import type { StateName } from '../supervision/status.ts';
import type { AgentEvent, CrashEvent } from './event.ts';
import { ProcessEvents } from './process-events.ts';

const web = { group: 'web', name: 'web' };
const exit = { kind: 'code', code: 3 } as const;

function told(from: StateName, to: StateName): Transition {
  return { from, to, run: runId(1), pid: 1, tries: 0, exit: undefined, expected: false, spawnError: '' };
}

function setup() {
  const clock = new VirtualClock();
  const recorded: AgentEvent[] = [];
  const events = new ProcessEvents(clock, (at, run) => clock.schedule(at, run), {
    record: (event) => recorded.push(event),
  });
  let made = 0;
  const crash: CrashEvent = {
    kind: 'crash',
    process: web,
    run: 1,
    pid: 1,
    exit,
    fatal: false,
    spawnError: '',
    startedAtUs: 0n,
    ranForUs: 1,
    lastOutput: new Uint8Array(),
    lastOutputStream: 'stderr',
    generation: undefined,
  };
  const crashOnce = () => {
    events.transition(web, told('EXITED', 'STARTING'));
    events.transition(web, told('RUNNING', 'EXITED'));
    events.crash(web, exit, () => {
      made++;
      return crash;
    });
  };
  return { clock, recorded, events, crashOnce, made: () => made };
}

describe('ProcessEvents', () => {
  it('tells of a hot loop at the end of its minute, and how the process ended up', () => {
    const t = setup();
    for (let i = 0; i < 100; i++) {
      t.crashOnce();
      t.clock.advance(10);
    }
    t.events.transition(web, told('STARTING', 'RUNNING'));
    expect(t.made()).toBe(10);
    expect(t.recorded).toHaveLength(30);
    t.clock.advance(60_000);
    expect(t.recorded.slice(30)).toMatchObject([
      { kind: 'crashRepeat', process: web, count: 90, lastExit: exit },
      { kind: 'transition', transition: { to: 'RUNNING' } },
    ]);
    expect(t.clock.armed).toBe(0);
  });

  it('has no timer while it keeps nothing back', () => {
    const t = setup();
    t.crashOnce();
    expect(t.clock.armed).toBe(0);
  });

  it('tells what it kept back when the process is removed, when somebody asks, and when it is closed', () => {
    for (const end of ['forget', 'ask', 'close'] as const) {
      const t = setup();
      for (let i = 0; i < 12; i++) t.crashOnce();
      if (end === 'forget') t.events.forget(web);
      else if (end === 'ask') t.events.tellHeldBack();
      else t.events[Symbol.dispose]();
      expect(t.recorded.slice(30)).toMatchObject([
        { kind: 'crashRepeat', count: 2 },
        { kind: 'transition', transition: { to: 'EXITED' } },
      ]);
      expect(t.clock.armed).toBe(0);
    }
  });

  it('keeps processes apart', () => {
    const t = setup();
    for (let i = 0; i < 50; i++) t.crashOnce();
    const other = { group: 'db', name: 'db' };
    t.events.transition(other, told('STOPPED', 'STARTING'));
    expect(t.recorded.at(-1)).toMatchObject({ kind: 'transition', process: other });
  });
});
