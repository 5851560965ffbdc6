/** The agent's side of a log: its first message says which; the rest goes to whoever reads it, as fast as they read. */
import { FleetError, type Link, messageOf } from '@fleetvisor/primitives';
import type { LogStreamRequest, LogStreamResponse } from '@fleetvisor/protocol/link';
import type { LogInput, LogSource } from '../fleet/logs.ts';
import { firstMessage } from './first-message.ts';
import type { LinkHouse } from './link-house.ts';

export type LogLink = Link<LogStreamResponse, LogStreamRequest>;

/** Runs the stream to its end. Never rejects: a stream that nobody waits for is closed, and logged. */
export async function runLogStream(link: LogLink, address: string, house: LinkHouse, stop: AbortSignal): Promise<void> {
  const messages = link.incoming[Symbol.asyncIterator]();
  try {
    const { body: start } = await firstMessage(messages, 'LogStreamStart', house.clock, stop);
    if (start?.$case !== 'start') throw new FleetError('invalid', 'a LogStream did not begin with its start');
    const { hostId, session, streamId } = start.value;
    if (house.sessions.find(hostId)?.session !== session) {
      throw new FleetError('stale', `a LogStream of session ${session}, which does not stand`);
    }
    const source: LogSource = {
      grant: (creditBytes) => link.send({ creditBytes }, stop),
      incoming: inputs(messages),
    };
    await house.logs.attach(hostId, streamId, source);
  } catch (error) {
    house.log.warn({ address, reason: messageOf(error) }, 'a log stream ended without a reader');
  } finally {
    await link[Symbol.asyncDispose]();
  }
}

async function* inputs(messages: AsyncIterator<LogStreamRequest>): AsyncGenerator<LogInput> {
  for (;;) {
    const next = await messages.next();
    if (next.done) return;
    const { body } = next.value;
    if (body?.$case === 'chunk') yield { kind: 'chunk', ...body.value };
    if (body?.$case === 'end') {
      yield { kind: 'end', error: body.value.error };
      return;
    }
  }
}
