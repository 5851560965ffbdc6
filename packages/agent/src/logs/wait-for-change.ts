/** From "something changed" calls to something that can be awaited. Level-triggered: a change while nobody waits is not missed. */
import type { LogWatch } from './log-files.ts';

export interface ChangeWaiter extends Disposable {
  readonly watch: LogWatch;
  /** Something changed that the writer does not know of. */
  readonly tell: () => void;
  /**
   * Resolves at once when something changed since the last time, else when it does.
   * @throws the signal's reason when aborted
   */
  wait(signal: AbortSignal): Promise<void>;
}

export function waitForChange(start: (changed: () => void) => LogWatch): ChangeWaiter {
  let hasChanged = false;
  let wake: (() => void) | undefined;
  const tell = () => {
    hasChanged = true;
    wake?.();
  };
  const watch = start(tell);
  return {
    watch,
    tell,
    wait: async (signal) => {
      if (!hasChanged) await new Promise<void>((resolve) => onChangeOrAbort(signal, resolve, (next) => (wake = next)));
      hasChanged = false;
      signal.throwIfAborted();
    },
    [Symbol.dispose]: () => watch.close(),
  };
}

function onChangeOrAbort(signal: AbortSignal, resolve: () => void, setWake: (wake: (() => void) | undefined) => void) {
  const done = () => {
    signal.removeEventListener('abort', done);
    setWake(undefined);
    resolve();
  };
  signal.addEventListener('abort', done, { once: true });
  setWake(done);
}
