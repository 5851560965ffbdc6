/** Where the bytes of one output stream go. The reader knows this much and no more; sinks are put one before another. */

export interface StreamSink {
  /** Takes all of it. The bytes are only lent: they change after the call. */
  write(chunk: Uint8Array): void;
  /** Whether the reader should wait: bytes are held back because whoever takes them is slow. */
  readonly isBlocked: boolean;
  /** Tries again to hand on what is held back. */
  flush(): void;
  /** No more bytes will come from this run. */
  close(): void;
  /** What its steps remember in the middle of something; it has nothing to remember where this is missing. */
  readonly saved?: () => SavedSteps;
}

/**
 * By step: from there another life of the agent goes on with the stream. A step that stands between two lines, or two messages,
 * has no entry.
 */
export type SavedSteps = Readonly<Record<string, string>>;

/** Takes bytes that are only lent. */
export type Listener = (chunk: Uint8Array) => void;

/** Of a stream that has no log. */
export const nowhere: StreamSink = { write: () => {}, isBlocked: false, flush: () => {}, close: () => {} };

/**
 * A step before a sink.
 * @param write instead of the sink's own
 * @param end what is still to be written when the stream ends
 * @param save what this step remembers, by its name
 */
export function before(
  next: StreamSink,
  write: Listener,
  end: () => void = () => {},
  save: () => SavedSteps = () => ({}),
): StreamSink {
  return {
    write,
    saved: () => ({ ...next.saved?.(), ...save() }),
    get isBlocked() {
      return next.isBlocked;
    },
    flush: () => next.flush(),
    close: () => {
      end();
      next.close();
    },
  };
}

/** Lets others hear what is written, in their order, once it is written. */
export function overheard(next: StreamSink, listeners: readonly Listener[]): StreamSink {
  if (listeners.length === 0) return next;
  return before(next, (chunk) => {
    next.write(chunk);
    for (const hear of listeners) hear(chunk);
  });
}
