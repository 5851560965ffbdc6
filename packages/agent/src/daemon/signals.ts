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
  /** Those that have come and wait for that. */
  waiting(): readonly NodeJS.Signals[];
}

/**
 * Catches the signals from now on: one that comes while the daemon is still starting must not kill it.
 * @param already by name: they came when nobody could hear them
 */
export function catchSignals(onSignal: OnSignal, already: readonly string[] = []): DaemonSignals {
  const standing = Promise.withResolvers<SignalledDaemon>();
  /** One of each counts: until the daemon stands more of them would mean nothing more. */
  const waiting = new Set<NodeJS.Signals>();
  for (const [name, act] of Object.entries(MEANINGS) as [NodeJS.Signals, Meaning][]) {
    const hear = () => {
      waiting.add(name);
      void standing.promise.then((daemon) => {
        waiting.delete(name);
        act(daemon, name);
      });
    };
    onSignal(name, hear);
    if (already.includes(name)) hear();
  }
  return { serve: standing.resolve, waiting: () => [...waiting] };
}

type Meaning = (daemon: SignalledDaemon, signal: string) => void;

/** Supervisor's, in the order in which they are acted on where several came before the daemon stood. */
const MEANINGS = {
  SIGUSR2: reopenLogs,
  SIGHUP: restart,
  SIGTERM: end,
  SIGINT: end,
  SIGQUIT: end,
} as const satisfies Partial<Record<NodeJS.Signals, Meaning>>;

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
