/** What the daemon's signals mean: Supervisor's (TERM, INT, QUIT, HUP, USR2), and nothing else. */
import { formatProblem } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { Engine } from './engine.ts';
import type { LogFiles } from './logs/log-files.ts';
import type { MainLogWriter } from './logs/main-log.ts';

export type OnSignal = (signal: NodeJS.Signals, act: (signal: NodeJS.Signals) => void) => void;

/** What the signals act on. */
export interface Daemon {
  readonly engine: Pick<Engine, 'restart'>;
  readonly files: Pick<LogFiles, 'reopenAll'>;
  readonly log: MainLogWriter['log'];
}

export interface DaemonSignals {
  /** Resolves with the name of the signal that asks for the end. */
  readonly toldToEnd: Promise<string>;
  /** The daemon stands: acts on the signals that have come, and on those to come, also while it ends. */
  serve(daemon: Daemon): void;
}

/** Catches the signals from now on: one that comes while the daemon is still starting must not kill it. */
export function catchSignals(onSignal: OnSignal): DaemonSignals {
  const standing = Promise.withResolvers<Daemon>();
  const told = Promise.withResolvers<string>();
  let isEnding = false;
  onSignal('SIGHUP', () => void standing.promise.then((daemon) => restart(daemon, isEnding)));
  onSignal('SIGUSR2', () => void standing.promise.then(reopenLogs));
  for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    onSignal(name, (signal) => {
      isEnding = true;
      told.resolve(signal);
    });
  }
  return { toldToEnd: told.promise, serve: standing.resolve };
}

function restart({ engine, log }: Daemon, isEnding: boolean): void {
  if (isEnding) {
    log('warn', 'ignored SIGHUP indicating restart request (shutdown in progress)');
    return;
  }
  log('warn', 'received SIGHUP indicating restart request');
  engine.restart().then(
    ({ message, problems, results }) => {
      for (const problem of problems) log('error', formatProblem(problem));
      if (message !== '') log('error', message);
      for (const { target, outcome, message: what } of results) {
        if (outcome !== 'ok') log('error', `cannot restart ${target}: ${what}`);
      }
    },
    (error) => log('error', `cannot restart: ${messageOf(error)}`),
  );
}

function reopenLogs({ files, log }: Daemon): void {
  log('info', 'received SIGUSR2 indicating log reopen request');
  files.reopenAll();
  log('info', 'supervisord logreopen');
}
