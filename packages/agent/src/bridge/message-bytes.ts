/** About how many bytes a message makes on its way through the bridge: enough to know when much is waiting. Pure. */
import type { EngineMessage, LinkMessage } from './port.ts';

const smallBytes = 256;
const statusBytes = 512;

export function messageBytes(message: EngineMessage | LinkMessage): number {
  switch (message.kind) {
    case 'events':
      return message.events.reduce((sum, { body }) => sum + body.length + 64, smallBytes);
    case 'logChunk':
      return smallBytes + message.data.length;
    case 'offer':
      return message.offer.files.reduce((sum, { content }) => sum + content.length + 128, smallBytes);
    case 'snapshot':
      return smallBytes + statusBytes * message.processes.length;
    case 'delta':
      return smallBytes + statusBytes * message.upserts.length + 64 * message.removals.length;
    case 'commandDone':
      return smallBytes * (1 + message.result.results.length + message.result.problems.length);
    case 'offerStatus':
      return smallBytes * (1 + message.status.results.length + message.status.problems.length);
    default:
      return smallBytes;
  }
}
