/** How a run ended, in words. */
import type { Exit } from '../client/process.ts';
import { signalName } from './signal-name.ts';

export function exitWords(exit: Exit | undefined): string {
  switch (exit?.how) {
    case 'code':
      return `exit code ${exit.code}`;
    case 'signal':
      return `signal ${signalName(exit.signal)}${exit.coreDumped ? ' (core dumped)' : ''}`;
    default:
      return 'ended in a way nobody saw';
  }
}
