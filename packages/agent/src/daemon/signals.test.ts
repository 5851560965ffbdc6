import { describe, expect, it } from 'vitest';
import { catchSignals, type SignalledDaemon } from './signals.ts';

function signalled() {
  const actions = new Map<NodeJS.Signals, (signal: NodeJS.Signals) => void>();
  const story: string[] = [];
  const signals = catchSignals((signal, act) => void actions.set(signal, act));
  let state: ReturnType<SignalledDaemon['life']['state']> = 'running';
  const daemon: SignalledDaemon = {
    life: {
      state: () => state,
      shutdown: () => {
        state = 'shutting-down';
        story.push('shutdown');
      },
      restart: () => {
        story.push('restart');
        return { ok: true };
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

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)('ends the daemon by %s', async (name) => {
    const { send, serve, daemon, story } = signalled();
    serve(daemon);
    await send(name);
    expect(story).toEqual([`warn: received ${name} indicating exit request`, 'shutdown']);
  });

  it('acts on what came while the daemon was starting once it stands', async () => {
    const { send, serve, daemon, story } = signalled();
    await send('SIGHUP');
    await send('SIGUSR2');
    expect(story).toEqual([]);
    serve(daemon);
    await send('SIGUSR2');
    const reopened = ['info: received SIGUSR2 indicating log reopen request', 'info: supervisord logreopen', 'reopen'];
    expect(story).toEqual(['warn: received SIGHUP indicating restart request', 'restart', ...reopened, ...reopened]);
  });

  it('acts on what had come before it was there to hear it', async () => {
    const story: string[] = [];
    const signals = catchSignals(() => {}, ['SIGTERM', 'SIGCHLD']);
    expect(signals.waiting()).toEqual(['SIGTERM']);
    const { daemon } = signalled();
    signals.serve({ ...daemon, log: (_level, text) => void story.push(text) });
    await new Promise((resolve) => setImmediate(resolve));
    expect([story, signals.waiting()]).toEqual([['received SIGTERM indicating exit request'], []]);
  });

  it('says what waits for it to stand', async () => {
    const { send, serve, daemon, waiting } = signalled();
    await send('SIGHUP');
    await send('SIGTERM');
    expect(waiting().toSorted()).toEqual(['SIGHUP', 'SIGTERM']);
    serve(daemon);
    await send('SIGUSR2');
    expect(waiting()).toEqual([]);
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
});
