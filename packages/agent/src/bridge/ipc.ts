/**
 * The bridge over Node's IPC channel between the engine and its child, the link. The channel itself queues without bound
 * and its `false` is only advice, so what waits is counted here, by the bytes.
 */
import type { ChildProcess } from 'node:child_process';
import { BoundedQueue, FleetError } from '@fleetvisor/primitives';
import { messageBytes } from './message-bytes.ts';
import type { BridgeEnd, EngineEnd, EngineMessage, LinkEnd, LinkMessage } from './port.ts';

/** What both ends of an IPC channel have in common. */
interface Channel {
  send(message: unknown, onSent: () => void): void;
  /** Registers both before anything can be lost. */
  listen(onMessage: (message: unknown) => void, onClosed: () => void): void;
  close(): void;
}

/**
 * The messages that may wait for their reader. The asks of the protocol keep it far below; a peer that breaks them is cut
 * off instead of filling the memory.
 */
const incomingMax = 16_384;

/** @param child forked with `serialization: 'advanced'`; the child calls `linkEndOf`. */
export function engineEndOf(child: ChildProcess): EngineEnd {
  return new IpcEnd<EngineMessage, LinkMessage>({
    send: (message, onSent) => {
      if (!child.connected) return onSent();
      // `send` takes what a structured clone takes, which its type does not know.
      child.send(message as object, () => onSent());
    },
    listen: (onMessage, onClosed) => {
      child.on('message', onMessage);
      child.once('disconnect', onClosed);
    },
    close: () => {
      if (child.connected) child.disconnect();
    },
  });
}

/**
 * @param self the process that was forked.
 * @throws FleetError `invalid` when the process was started by hand, without a channel.
 */
export function linkEndOf(self: NodeJS.Process): LinkEnd {
  if (self.send === undefined) {
    throw new FleetError('invalid', 'this is the link of a fleet-agent, and only fleet-agent can start it');
  }
  return new IpcEnd<LinkMessage, EngineMessage>({
    send: (message, onSent) => {
      if (!self.connected) return onSent();
      self.send?.(message, undefined, undefined, () => onSent());
    },
    listen: (onMessage, onClosed) => {
      self.on('message', onMessage);
      self.once('disconnect', onClosed);
    },
    close: () => {
      if (self.connected) self.disconnect();
    },
  });
}

class IpcEnd<Out extends EngineMessage | LinkMessage, In> implements BridgeEnd<Out, In> {
  readonly #channel: Channel;
  readonly #incoming = new BoundedQueue<In>(incomingMax);
  #queuedBytes = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.listen(
      // Both ends are of one build: nobody else can write into the channel.
      (message) => this.#take(message as In),
      () => this.#incoming.close(),
    );
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get incoming(): AsyncIterable<In> {
    return this.#incoming;
  }

  send(message: Out): void {
    if (this.#incoming.isClosed) return;
    const bytes = messageBytes(message);
    this.#queuedBytes += bytes;
    this.#channel.send(message, () => {
      this.#queuedBytes -= bytes;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#incoming.close();
    this.#channel.close();
  }

  #take(message: In): void {
    if (this.#incoming.offer(message) || this.#incoming.isClosed) return;
    this.#incoming.close();
    this.#channel.close();
  }
}
