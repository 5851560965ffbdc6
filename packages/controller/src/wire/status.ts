/** The status of a process in the contract's words: as people are told it, and as it is kept. */
import type { Exit as WireExit, ProcessStatus as WireProcessStatus } from '@fleetvisor/protocol/common';
import type { Exit, ProcessStatus } from '../fleet/process-status.ts';
import { layers, states } from './words.ts';

export function statusToWire(status: ProcessStatus): WireProcessStatus {
  return {
    ...status,
    state: states[status.state],
    layer: layers[status.layer],
    lastExit: status.lastExit === undefined ? undefined : exitToWire(status.lastExit),
  };
}

function exitToWire(exit: Exit): WireExit {
  switch (exit.kind) {
    case 'code':
      return { how: { $case: 'code', value: exit.code }, coreDumped: false };
    case 'signal':
      return { how: { $case: 'signal', value: exit.number }, coreDumped: exit.coreDumped };
    case 'unknown':
      return { how: { $case: 'unknown', value: true }, coreDumped: false };
  }
}
