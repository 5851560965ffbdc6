/** Processes from the wire. */
import {
  Layer,
  LogStream,
  type ProcessName,
  ProcessState,
  type Exit as WireExit,
  type ProcessStatus as WireStatus,
} from '@fleetvisor/protocol/common';
import type {
  Exit,
  Layer as LayerWord,
  LogStream as LogStreamWord,
  ProcessName as Name,
  ProcessStatus,
  ProcessState as StateWord,
} from '../process.ts';
import { milliseconds, moment, textOrNone, wordOf } from './words.ts';

const stateWords = {
  [ProcessState.UNRECOGNIZED]: 'UNKNOWN',
  [ProcessState.UNSPECIFIED]: 'UNKNOWN',
  [ProcessState.STOPPED]: 'STOPPED',
  [ProcessState.STARTING]: 'STARTING',
  [ProcessState.RUNNING]: 'RUNNING',
  [ProcessState.BACKOFF]: 'BACKOFF',
  [ProcessState.STOPPING]: 'STOPPING',
  [ProcessState.EXITED]: 'EXITED',
  [ProcessState.FATAL]: 'FATAL',
  [ProcessState.UNKNOWN]: 'UNKNOWN',
} as const satisfies Record<ProcessState, StateWord>;

const layerWords = {
  [Layer.UNRECOGNIZED]: 'unknown',
  [Layer.UNSPECIFIED]: 'unknown',
  [Layer.LOCAL]: 'local',
  [Layer.FLEET]: 'fleet',
} as const satisfies Record<Layer, LayerWord>;

export function stateFromWire(state: ProcessState): StateWord {
  return wordOf<StateWord>(stateWords, state, 'UNKNOWN');
}

export function layerFromWire(layer: Layer): LayerWord {
  return wordOf<LayerWord>(layerWords, layer, 'unknown');
}

export function streamFromWire(stream: LogStream): LogStreamWord {
  return stream === LogStream.STDERR ? 'stderr' : 'stdout';
}

export function streamToWire(stream: LogStreamWord): LogStream {
  return stream === 'stderr' ? LogStream.STDERR : LogStream.STDOUT;
}

export function nameFromWire(process: ProcessName | undefined): Name {
  return { group: process?.group ?? '', name: process?.name ?? '' };
}

export function exitFromWire(exit: WireExit | undefined): Exit | undefined {
  if (exit === undefined) return undefined;
  switch (exit.how?.$case) {
    case 'code':
      return { how: 'code', code: exit.how.value };
    case 'signal':
      return { how: 'signal', signal: exit.how.value, coreDumped: exit.coreDumped };
    default:
      return { how: 'unknown' };
  }
}

/** @param lastKnown what its host reported before it fell silent. */
export function statusFromWire(status: WireStatus, lastKnown: WireStatus | undefined): ProcessStatus {
  return {
    ...nameFromWire(status.process),
    state: stateFromWire(status.state),
    description: status.description,
    layer: layerFromWire(status.layer),
    run: Number(status.run),
    pid: status.pid === 0 ? undefined : status.pid,
    uptimeMs: status.pid === 0 ? undefined : milliseconds(status.uptimeUs),
    startedAt: moment(status.startedAtUs),
    stoppedAt: moment(status.stoppedAtUs),
    lastExit: exitFromWire(status.lastExit),
    spawnError: textOrNone(status.spawnError),
    stdoutLogfile: status.stdoutLogfile,
    stderrLogfile: status.stderrLogfile,
    crashCount: Number(status.crashCount),
    stoppedByHand: status.stoppedByHand,
    lastKnown:
      lastKnown === undefined
        ? undefined
        : { state: stateFromWire(lastKnown.state), description: lastKnown.description },
  };
}
