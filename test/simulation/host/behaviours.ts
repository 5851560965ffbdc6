/** How programs behave, told by their names: `web-flaky-2` is a flaky one. Chance comes from the seed, the host and the run. */
import type { Exit } from '../../../packages/agent/src/supervision/process/exit.ts';
import { between, chanceOf, isBy } from '../engine/chance.ts';

export interface Behaviour {
  /** The command is not there. */
  readonly isMissing?: boolean;
  /** It ends by itself after this long. */
  readonly endsAfterMs?: number;
  readonly exit?: Exit;
  /** How long it takes to die of a signal. */
  readonly diesAfterMs: number;
  /** SIGTERM does nothing to it. */
  readonly ignoresTerm?: boolean;
}

/** Kinds that come up and stay up, unless somebody ends them. */
export const lastingKinds = ['steady', 'slow', 'stubborn', 'flaky'] as const;
/** `once` ends as it should, `hot` dies over and over, `broken` never comes up, `missing` cannot be started. */
export const programKinds = [...lastingKinds, 'once', 'hot', 'broken', 'missing'] as const;
export type ProgramKind = (typeof programKinds)[number];

export function kindOf(program: string): ProgramKind {
  const kind = programKinds.find((each) => program.split('-').includes(each));
  if (kind === undefined) throw new Error(`the name ${program} tells no kind of program`);
  return kind;
}

/** The options of `[program:x]` that a kind asks for. */
export const optionsOf: Readonly<Record<ProgramKind, readonly string[]>> = {
  steady: ['autorestart=true'],
  slow: ['autorestart=true', 'startsecs=2'],
  stubborn: ['autorestart=true', 'stopwaitsecs=3'],
  flaky: ['autorestart=unexpected'],
  once: ['autorestart=unexpected', 'startsecs=0'],
  hot: ['autorestart=true', 'startsecs=0'],
  broken: ['startretries=2'],
  missing: ['startretries=1'],
};

const code = (number: number): Exit => ({ kind: 'code', code: number });

export function behaviourOf(seed: number, host: number, program: string, nth: number): Behaviour {
  const random = chanceOf(seed, 'program', host, program, nth);
  const diesAfterMs = between(random, 0, 60);
  switch (kindOf(program)) {
    case 'steady':
      return { diesAfterMs };
    case 'slow':
      return { diesAfterMs: between(random, 500, 6_000) };
    case 'stubborn':
      return { diesAfterMs, ignoresTerm: true };
    case 'flaky':
      return { diesAfterMs, endsAfterMs: between(random, 3_000, 60_000), exit: code(isBy(random, 0.8) ? 1 : 77) };
    case 'once':
      return { diesAfterMs, endsAfterMs: between(random, 50, 4_000), exit: code(0) };
    case 'hot':
      return { diesAfterMs, endsAfterMs: between(random, 300, 4_000), exit: code(2) };
    case 'broken':
      return { diesAfterMs, endsAfterMs: between(random, 10, 300), exit: code(3) };
    case 'missing':
      return { diesAfterMs, isMissing: true };
  }
}
