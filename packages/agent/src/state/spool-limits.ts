/** How much the spool may hold, in bytes. */

export interface SpoolLimits {
  /** The size of all rows together; only what is on its way to the controller may go beyond it. */
  readonly bytesMax: number;
  /** What may wait in memory while the disk takes no writes. */
  readonly pendingBytesMax: number;
  /** One body; an event beyond it is a tombstone from the first. */
  readonly bodyBytesMax: number;
  /** All bodies of one answer to eventsAfter. */
  readonly answerBytesMax: number;
}

const mib = 2 ** 20;
export const defaultSpoolLimits: SpoolLimits = {
  bytesMax: 64 * mib,
  pendingBytesMax: 4 * mib,
  bodyBytesMax: mib,
  answerBytesMax: mib / 2,
};
