import { fileURLToPath } from 'node:url';
import { seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { forkLink } from './link-child.ts';
import { LinkProcess, type LinkProcessOptions } from './link-process.ts';
import type { EngineEnd } from './port.ts';

const misbehaving = fileURLToPath(new URL('./fixtures/misbehaving-link.ts', import.meta.url));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH
  }
}

/** Tells each life of the link what to do once it has said its pid; collects pids and log lines. */
function scripted(commands: readonly string[]) {
  const pids: number[] = [];
  const lines: string[] = [];
  const serve = async (end: EngineEnd) => {
    for await (const message of end.incoming) {
      if (message.kind !== 'ping') continue;
      pids.push(message.id);
      const error = commands[pids.length - 1];
      if (error !== undefined) end.send({ kind: 'logEnd', streamId: '', error });
    }
  };
  return { pids, lines, serve, log: (line: string) => void lines.push(line) };
}

type Given = Pick<LinkProcessOptions, 'clock' | 'serve' | 'log'> & { readonly modulePath?: string };

function linkOf({ modulePath = misbehaving, ...given }: Given): LinkProcess {
  const startChild: LinkProcessOptions['startChild'] = (log) => forkLink({ modulePath, execArgv: [] }, log);
  return new LinkProcess({ startChild, random: seededRandom(1), ...given });
}

describe('LinkProcess', () => {
  it('starts another link when one crashes, with a wait that grows', async () => {
    const clock = new VirtualClock();
    const { pids, lines, serve, log } = scripted(['crash', 'crash']);
    await using link = linkOf({ clock, serve, log });
    await expect.poll(() => lines.length).toBe(1);
    expect(lines[0]).toMatch(/ended \(exit code 3\); starting another in \d\.\d s/);
    await clock.advanceAsync(1000);
    await expect.poll(() => lines.length).toBe(2);
    await clock.advanceAsync(2000);
    await expect.poll(() => pids.length).toBe(3);
    expect(new Set(pids).size).toBe(3);
    expect(link.pid).toBe(pids[2]);
  });

  it('starts another link when its own side of the talk fails', async () => {
    const clock = new VirtualClock();
    const { lines, log } = scripted([]);
    const serve = () => Promise.reject(new Error('a bug'));
    await using _link = linkOf({ clock, serve, log });
    await expect.poll(() => lines[0]).toContain('a bug');
    await expect.poll(() => lines.at(-1)).toMatch(/starting another/);
  });

  it('kills a link that hangs when the engine ends', async () => {
    const clock = new VirtualClock();
    const { pids, serve, log } = scripted(['hang']);
    const link = linkOf({ clock, serve, log });
    await expect.poll(() => pids.length).toBe(1);
    const closed = link[Symbol.asyncDispose]();
    await clock.advanceAsync(2000);
    await closed;
    expect(isAlive(pids[0] ?? 0)).toBe(false);
  });

  it('starts no other link after one that has said goodbye', async () => {
    const { pids, lines, serve, log } = scripted([]);
    const clock = new VirtualClock();
    const link = linkOf({ clock, serve, log });
    await expect.poll(() => pids.length).toBe(1);
    await link.sayGoodbye('stop');
    expect([isAlive(pids[0] ?? 0), lines]).toEqual([false, []]);
    await link[Symbol.asyncDispose]();
  });

  it('does not wait long for a goodbye', async () => {
    const { pids, serve, log } = scripted(['hang']);
    const clock = new VirtualClock();
    const link = linkOf({ clock, serve, log });
    await expect.poll(() => pids.length).toBe(1);
    const closed = link.sayGoodbye('stop');
    await clock.advanceAsync(5000);
    await closed;
    expect(isAlive(pids[0] ?? 0)).toBe(false);
  });

  it('says so when there is nothing to start', async () => {
    const { lines, serve, log } = scripted([]);
    await using _link = linkOf({ modulePath: '/nowhere/link.js', clock: new VirtualClock(), serve, log });
    await expect.poll(() => lines.join('\n')).toMatch(/link: .*\/nowhere\/link\.js[\s\S]*starting another/);
  });
});
