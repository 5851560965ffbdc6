/** Where the output of a process goes, as clients are shown it. */
import type { ProcessSpec } from '@fleetvisor/config';
import type { ProcessLogs } from '../../supervision/ports.ts';

/** A relative path stays as it is written; undefined when there is no file. */
export function shownLogfile(logs: ProcessLogs, spec: ProcessSpec, stream: 'stdout' | 'stderr'): string | undefined {
  const { target } = spec[stream];
  return target.kind === 'file' ? target.path : logs.pathOf(spec, stream);
}
