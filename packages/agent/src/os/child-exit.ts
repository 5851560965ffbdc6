/** How a child of Node's ended, as far as Node tells. Knows nothing of what ran in it. */
import type { ChildProcess } from 'node:child_process';
import type { Exit } from '../supervision/process/exit.ts';
import { numberOfSignal } from './signals.ts';

/** Calls `then` once, when the child has ended: unlike 'close' it waits for nobody who still holds the pipes. */
export function whenExited(child: ChildProcess, then: (exit: Exit) => void): void {
  const isNameless = watchForNamelessSignal(child);
  child.once('exit', (code, signal) => then(isNameless() ? { kind: 'unknown' } : exitOf(code, signal)));
}

/** Node does not say whether a core was dumped. */
function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  if (signal !== null) return { kind: 'signal', signal, number: numberOfSignal(signal), coreDumped: false };
  return code === null ? { kind: 'unknown' } : { kind: 'code', code };
}

/**
 * A death by a signal that Node has no name for, a real-time one, is told by its event as exit code 0: a crash would pass
 * for an orderly end. Its handle alone is told the truth, an empty name, so we listen there. That is Node's own affair;
 * a Node without it would have us believe the event, and the test fail.
 */
function watchForNamelessSignal(child: ChildProcess): () => boolean {
  let isNameless = false;
  const handle: unknown = Reflect.get(child, '_handle');
  if (!isHandle(handle)) return () => false;
  const tell = handle.onexit;
  handle.onexit = (code, signal) => {
    isNameless = signal === '';
    tell.call(handle, code, signal);
  };
  return () => isNameless;
}

interface Handle {
  onexit: (code: number, signal: string | null) => void;
}

function isHandle(handle: unknown): handle is Handle {
  return typeof handle === 'object' && handle !== null && 'onexit' in handle && typeof handle.onexit === 'function';
}
