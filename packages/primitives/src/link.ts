/**
 * A connection that carries messages both ways, seen from one end. It ends as a whole: any failure closes it, and
 * whoever wants to go on makes a new one.
 */
export interface Link<Out, In> extends AsyncDisposable {
  /**
   * Hands one message over; waits while the peer is slow.
   * @throws FleetError `unavailable` when the link is down; the signal's reason when aborted while waiting.
   */
  send(message: Out, signal?: AbortSignal): Promise<void>;
  /** What the peer sends, in order. Ends when the link ends; throws FleetError when it ended in failure. */
  readonly incoming: AsyncIterable<In>;
}
