/** Changes to a file by others than us, as the kernel tells them. Knows nothing of logs. */
import { type FSWatcher, watch } from 'node:fs';

/** Ends with its disposal. */
export interface OutsideWatch extends Disposable {
  /** To be called again and again: a file that was not there, or another one of the same name, is only then seen. */
  arm(): void;
}

/**
 * Tells of every change to whatever file has that path. Where the kernel cannot say (no such file, no watches left, a file
 * system without them), nothing is told.
 */
export function watchOutside(path: string, changed: () => void): OutsideWatch {
  let watcher: FSWatcher | undefined;
  const disarm = () => {
    watcher?.close();
    watcher = undefined;
  };
  return {
    arm: () => {
      watcher ??= tryWatch(path, disarm, changed);
    },
    [Symbol.dispose]: disarm,
  };
}

/** @param onOther the path may mean another file by now */
function tryWatch(path: string, onOther: () => void, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, (what) => {
      if (what === 'rename') onOther();
      changed();
    });
    return watcher.on('error', onOther);
  } catch {
    return undefined;
  }
}
