import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ask, type Terminal } from './ask.ts';
import { Ended } from './ended.ts';

function terminal(isTTY = true): Terminal & { readonly stdin: PassThrough } {
  return { stdin: Object.assign(new PassThrough(), { isTTY }), stderr: Object.assign(new PassThrough(), { isTTY }) };
}

const never = new AbortController().signal;

describe('ask', () => {
  it('returns what a person types', async () => {
    const at = terminal();
    const answer = ask('sure?', at, never);
    at.stdin.write('38\n');
    expect(await answer).toBe('38');
  });

  it('returns nothing when the person leaves', async () => {
    const at = terminal();
    const answer = ask('sure?', at, never);
    at.stdin.end();
    expect(await answer).toBe('');
  });

  it('asks nobody where there is no terminal', async () => {
    expect(await ask('sure?', terminal(false), never)).toBeUndefined();
  });

  it('ends with the command', async () => {
    const ended = new AbortController();
    const answer = ask('sure?', terminal(), ended.signal);
    ended.abort(new Ended('terminated'));
    await expect(answer).rejects.toThrow();
  });
});
