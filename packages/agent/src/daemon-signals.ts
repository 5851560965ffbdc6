/** What the daemon's signals mean: Supervisor's (TERM, INT, QUIT, HUP, USR2), and nothing else. */
import { formatProblem } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { Engine } from './engine.ts';
import type { LogFiles } from './logs/log-files.ts';
import type { MainLogWriter } from './logs/main-log.ts';

export type OnSignal = (signal: NodeJS.Signals, act: (signal: NodeJS.Signals) => void) => void;

/** Resolves with the name of the signal that asks for the end; acts on the others, also afterwards. */
export function untilToldToEnd(
  engine: Pick<Engine, 'restart'>,
  files: Pick<LogFiles, 'reopenAll'>,
  { log }: MainLogWriter,
  onSignal: OnSignal,
): Promise<string> {
  let isEnding = false;
  onSignal('SIGHUP', () => {
    if (isEnding) {
      log('warn', 'ignored SIGHUP indicating restart request (shutdown in progress)');
      return;
    }
    log('warn', 'received SIGHUP indicating restart request');
    engine.restart().then(
      ({ message, problems }) => {
        for (const problem of problems) log('error', formatProblem(problem));
        if (message !== '') log('error', message);
      },
      (error) => log('error', `cannot restart: ${messageOf(error)}`),
    );
  });
  onSignal('SIGUSR2', () => {
    log('info', 'received SIGUSR2 indicating log reopen request');
    files.reopenAll();
    log('info', 'supervisord logreopen');
  });
  return new Promise((resolve) => {
    const end = (signal: NodeJS.Signals) => {
      isEnding = true;
      resolve(signal);
    };
    for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) onSignal(name, end);
  });
}
