/** `exit`, `quit` and the end of the input: leave the shell. */
import type { CtlCommand } from '../command.ts';

export const exit = leaving('exit');
export const quit = leaving('quit');

function leaving(name: string): CtlCommand {
  return {
    name,
    help: [[name, 'leave the shell; the daemon goes on']],
    run: async (session) => {
      session.print('');
      return 'leave';
    },
  };
}
