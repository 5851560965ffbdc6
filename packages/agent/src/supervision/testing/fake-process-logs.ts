/** Logs for tests: names without files, and a memory of what was asked. */
import type { ProcessSpec } from '@fleetvisor/config';
import type { ProcessLogs } from '../ports.ts';

export class FakeProcessLogs implements ProcessLogs {
  readonly cleared: string[] = [];
  readonly adjusted: string[] = [];

  pathOf(spec: ProcessSpec, stream: 'stdout' | 'stderr'): string | undefined {
    const { target } = spec[stream];
    return target.kind === 'file' ? target.path : undefined;
  }

  clear(spec: ProcessSpec): void {
    this.cleared.push(spec.name);
  }

  adjust(spec: ProcessSpec): void {
    this.adjusted.push(spec.name);
  }
}
