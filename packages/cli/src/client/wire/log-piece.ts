/** Pieces of logs from the wire. */
import type { TailLogsResponse } from '@fleetvisor/protocol/api';
import type { LogPiece } from '../log-piece.ts';
import { nameFromWire } from './process.ts';
import { textOrNone } from './words.ts';

export function pieceFromWire(answer: TailLogsResponse): LogPiece {
  return {
    host: answer.host,
    process: nameFromWire(answer.process),
    data: answer.data,
    skippedBytes: Number(answer.skippedBytes),
    isEnd: answer.end,
    error: textOrNone(answer.error),
  };
}
