import { describe, expect, it } from 'vitest';
import { catchSignals, type Daemon } from './daemon-signals.ts';
import type { ActionResult } from './supervision/action.ts';

const done: ActionResult = { outcome: 'ok', results: [], changes: undefined, message: '', problems: [] };

function signalled(restart: () => Promise<ActionResult> = async () => done) {
  const actions = new Map<NodeJS.Signals, (signal: NodeJS.Signals) => void>();
  const story: string[] = [];
  const signals = catchSignals((signal, act) => void actions.set(signal, act));
  const daemon: Daemon = {
    engine: {
      restart: () => {
        story.push('restart');
        return restart();
      },
    },
    files: { reopenAll: () => void story.push('reopen') },
    log: (level, text) => void story.push(`${level}: ${text}`),
  };
  const send = async (signal: NodeJS.Signals) => {
    actions.get(signal)?.(signal);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...signals, daemon, story, send, caught: [...actions.keys()] };
}

describe('catchSignals', () => {
  it('catches what Supervisor does, and nothing else', () => {
    expect(signalled().caught.toSorted()).toEqual(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR2']);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)('tells of the end by %s, the first of them', async (name) => {
    const { send, toldToEnd } = signalled();
    await send(name);
    await send('SIGTERM');
    expect(await toldToEnd).toBe(name);
  });

  it('acts on what came while the daemon was starting once it stands', async () => {
    const { send, serve, daemon, story } = signalled();
    await send('SIGHUP');
    await send('SIGUSR2');
    expect(story).toEqual([]);
    serve(daemon);
    await send('SIGUSR2');
    expect(story).toEqual(
      [
        'warn: received SIGHUP indicating restart request',
        'restart',
        ...Array(2).fill([
          'info: received SIGUSR2 indicating log reopen request',
          'reopen',
          'info: supervisord logreopen',
        ]),
      ].flat(),
    );
  });

  it('restarts nothing on its way out, and still reopens the logs', async () => {
    const { send, serve, daemon, story } = signalled();
    serve(daemon);
    await send('SIGTERM');
    await send('SIGHUP');
    await send('SIGUSR2');
    expect(story).toContain('warn: ignored SIGHUP indicating restart request (shutdown in progress)');
    expect(story).not.toContain('restart');
    expect(story).toContain('reopen');
  });

  it('says what kept a restart from being done', async () => {
    const problem = { file: 'a.conf', line: 3, section: 'program:a', option: 'startsecs', message: 'no number' };
    const refused = { ...done, outcome: 'rejected', message: 'nothing was changed', problems: [problem] } as const;
    const failed = { target: 'web', process: undefined, outcome: 'failed', message: 'it is active already' } as const;
    for (const [result, lines] of [
      [async () => refused, ['error: a.conf:3: [program:a] startsecs: no number', 'error: nothing was changed']],
      [async () => ({ ...done, results: [failed] }), ['error: cannot restart web: it is active already']],
      [() => Promise.reject(new Error('oh')), ['error: cannot restart: oh']],
    ] as const) {
      const { send, serve, daemon, story } = signalled(result);
      serve(daemon);
      await send('SIGHUP');
      expect(story.slice(2)).toEqual(lines);
    }
  });
});
