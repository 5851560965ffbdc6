/** LogService: the logs of many processes on many hosts as one stream. */
import { FleetError } from '@fleetvisor/primitives';
import type { LogServiceService } from '@fleetvisor/protocol/api';
import { logTargets } from '../fleet/log-targets.ts';
import type { Fleet } from '../start-fleet.ts';
import type { ServiceMethods } from './call.ts';
import { logStreamFromWire, scopeFromWire } from './from-wire.ts';
import { streamToWire } from './to-wire.ts';

const tailBytesMax = 16 * 1024 * 1024;

export function logService(fleet: Fleet): ServiceMethods<typeof LogServiceService> {
  return {
    async *tailLogs(request, call) {
      if (request.tailBytes > tailBytesMax) {
        throw new FleetError('invalid', `cannot begin ${request.tailBytes} bytes back; at most ${tailBytesMax}`);
      }
      const hosts = fleet.live.select(scopeFromWire(request.scope));
      const tail = {
        targets: logTargets(fleet.live, hosts, request.targets),
        stream: logStreamFromWire(request.stream),
        tailBytes: request.tailBytes,
        follow: request.follow,
      };
      for await (const piece of fleet.logs.tail(tail, call.signal)) {
        const isEnd = piece.kind === 'end';
        yield {
          host: piece.host,
          process: piece.process,
          stream: streamToWire(piece.stream),
          data: isEnd ? Buffer.alloc(0) : Buffer.from(piece.data),
          skippedBytes: isEnd ? 0n : piece.skippedBytes,
          end: isEnd,
          error: isEnd ? piece.error : '',
        };
      }
    },
  };
}
