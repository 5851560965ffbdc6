/** A program that ends when the test says so, however long it has been asked to: what happens in between takes no luck to see. */
import type { LoneAgent } from './agent.ts';
import { until } from './until.ts';

/** A `[program:x]` that stays in STOPPING until `letGo`; of any run. */
export function lingering(name: string, ...options: readonly string[]): string {
  const waits = `while [ ! -e ${name}.go ]; do sleep 0.02; done`;
  const script = `trap "${waits}; exit 0" TERM; echo ready; while :; do read x; done`;
  const lines = [`command=/bin/sh -c '${script}'`, `stdout_logfile=${name}.log`, 'killasgroup=true', ...options];
  return `[program:${name}]\n${lines.join('\n')}\n\n`;
}

/** Waits until it would linger. */
export async function lingers(agent: LoneAgent, name: string): Promise<void> {
  await until(`the trap of ${name} is set`, () => agent.read(`${name}.log`) === 'ready\n');
}

export function letGo(agent: LoneAgent, name: string): void {
  agent.write(`${name}.go`, '');
}
