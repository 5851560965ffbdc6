/** The command was ended from outside. Thrown, and the reason of the signal that all calls listen to. */
import { type ExitCode, exitCode } from '../exit-code.ts';

export type EndedWhy = 'interrupted' | 'terminated' | 'reader-gone';

const exitCodes = {
  interrupted: exitCode.interrupted,
  terminated: exitCode.terminated,
  'reader-gone': exitCode.brokenPipe,
} as const satisfies Record<EndedWhy, ExitCode>;

export class Ended extends Error {
  override readonly name = 'Ended';
  readonly why: EndedWhy;

  constructor(why: EndedWhy) {
    super(why);
    this.why = why;
  }

  get exitCode(): ExitCode {
    return exitCodes[this.why];
  }
}
