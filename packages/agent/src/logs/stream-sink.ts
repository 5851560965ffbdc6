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
}
