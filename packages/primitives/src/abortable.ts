/** Waiting that can be called off, for promises that know no signal. */

/**
 * What `promise` comes to, unless `signal` is aborted first; the promise itself goes on.
 * @throws the signal's reason as soon as it is aborted.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
