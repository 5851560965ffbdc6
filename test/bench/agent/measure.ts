/** What a measurement of a supervisor is, and the programs that most of them run. */
import type { Subject } from '../subject.ts';

export const MiB = 2 ** 20;

/** Named figures of one subject. */
export type Figures = Readonly<Record<string, { readonly unit: string; readonly value: number }>>;

export type Measure = (subject: Subject) => Promise<Figures>;

/** `p0`, `p1`, ... that do nothing. */
export function sleepers(count: number, command = 'sleep 100000'): string {
  return Array.from({ length: count }, (_, i) => `[program:p${i}]\ncommand=${command}\nstartsecs=0\n`).join('\n');
}
