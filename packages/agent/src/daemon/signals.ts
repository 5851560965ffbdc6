/** What the daemon's signals mean: Supervisor's (TERM, INT, QUIT, HUP, USR2), and nothing else. */
import type { LogFiles } from '../logs/log-files.ts';
import type { MainLogWriter } from '../logs/main-log.ts';
import type { Life } from './life.ts';

export type OnSignal = (signal: NodeJS.Signals, act: (signal: NodeJS.Signals) => void) => void;

/** What the signals act on. */
export interface SignalledDaemon {
  readonly life: Pick<Life, 'state' | 'shutdown' | 'restart'>;
  readonly files: Pick<LogFiles, 'reopenAll'>;
  readonly log: MainLogWriter['log'];
}

export interface DaemonSignals {
  /** The daemon stands: acts on the signals that have come, and on those to come, also while it ends. */
  serve(daemon: SignalledDaemon): void;
}

/** Catches the signals from now on: one that comes while the daemon is still starting must not kill it. */
export function catchSignals(onSignal: OnSignal): DaemonSignals {
  const standing = Promise.withResolvers<SignalledDaemon>();
  const act = (name: NodeJS.Signals, then: (daemon: SignalledDaemon) => void) =>
    onSignal(name, () => void standing.promise.then(then));
  for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) act(name, (daemon) => end(daemon, name));
  act('SIGHUP', restart);
  act('SIGUSR2', reopenLogs);
  return { serve: standing.resolve };
}

function end({ life, log }: SignalledDaemon, signal: string): void {
  log('warn', `received ${signal} indicating exit request`);
  life.shutdown();
}

function restart({ life, log }: SignalledDaemon): void {
  if (life.state() === 'shutting-down') {
    log('warn', 'ignored SIGHUP indicating restart request (shutdown in progress)');
    return;
  }
  log('warn', 'received SIGHUP indicating restart request');
  life.restart();
}

function reopenLogs({ files, log }: SignalledDaemon): void {
  log('info', 'received SIGUSR2 indicating log reopen request');
  log('info', 'supervisord logreopen'); // the last line of the log that was moved away
  files.reopenAll();
}
