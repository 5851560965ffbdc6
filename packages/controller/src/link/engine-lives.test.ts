import { expect, it } from 'vitest';
import { EngineLives } from './engine-lives.ts';

const judge = (...lives: string[]) => {
  const engines = new EngineLives();
  return lives.map((life) => engines.judge('host', life));
};

it.each([
  ['one that dials again', ['a', 'a', 'a'], ['fine', 'fine', 'fine']],
  ['restarts', ['a', 'b', 'c'], ['fine', 'fine', 'fine']],
  ['a copy beside it', ['a', 'b', 'a', 'b', 'a', 'a'], ['fine', 'fine', 'back', 'shut-out', 'fine', 'fine']],
  ['a copy that restarts', ['a', 'b', 'c', 'a', 'c', 'b'], ['fine', 'fine', 'fine', 'back', 'shut-out', 'shut-out']],
  ['a restart after a copy was shut out', ['a', 'b', 'a', 'd', 'b'], ['fine', 'fine', 'back', 'fine', 'shut-out']],
])('%s', (_name, lives, expected) => {
  expect(judge(...lives)).toEqual(expected);
});

it('judges each host by itself, and anew once it was forgotten', () => {
  const engines = new EngineLives();
  expect(['a', 'b', 'a'].map((life) => engines.judge('one', life))).toEqual(['fine', 'fine', 'back']);
  expect(engines.judge('two', 'b')).toBe('fine');
  engines.forget('one');
  expect(engines.judge('one', 'b')).toBe('fine');
});
