import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { Output } from './render/output.ts';
import type { Sink } from './terminal/sink.ts';
import { answeredWords, WaitingNote } from './waiting-note.ts';

function setting() {
  const said: string[] = [];
  const sink: Sink = { isTerminal: false, write: async (text) => void said.push(String(text)) };
  const clock = new VirtualClock();
  const output = new Output({ stdout: sink, stderr: sink, format: 'table', isColoured: false, timeZone: 'UTC' });
  return { said, clock, context: { clock, output } };
}

describe('WaitingNote', () => {
  it('speaks once, two seconds after the last that was heard', () => {
    const { said, clock, context } = setting();
    let count = 0;
    using note = new WaitingNote(context, () => answeredWords(count));
    clock.advance(1_900);
    count++;
    note.heard();
    clock.advance(1_900);
    expect(said).toEqual([]);
    clock.advance(100);
    expect(said).toEqual(['fleetctl: still waiting: 1 host has answered\n']);
    note.heard();
    clock.advance(10_000);
    expect(said).toHaveLength(1);
  });

  it('leaves no timer behind', () => {
    const { clock, context } = setting();
    {
      using note = new WaitingNote(context, () => '');
      note.heard();
      expect(clock.armed).toBe(1);
    }
    expect(clock.armed).toBe(0);
  });

  it.each<[number, string]>([
    [0, 'no host has answered yet'],
    [1, '1 host has answered'],
    [3, '3 hosts have answered'],
  ])('counts %i', (count, words) => {
    expect(answeredWords(count)).toBe(words);
  });
});
