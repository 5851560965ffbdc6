/** `open`: another server, for the rest of the shell. */
import { schemeOf } from '../client/server-url.ts';
import type { CtlCommand } from '../command.ts';
import { showStatus } from './status.ts';

export const open: CtlCommand = {
  name: 'open',
  help: [
    ['open http://<host>:<port>', 'speak to another daemon from now on'],
    ['open unix:///<path>', 'the same, over a socket file'],
  ],
  run: async (session, argument) => {
    if (!['unix', 'http'].includes(schemeOf(argument))) {
      session.fail('ERROR: url must be http:// or unix://');
      return;
    }
    session.connectTo(argument);
    const before = session.exitCode;
    await showStatus(session, '');
    // Stopped processes there are no failure to open it.
    session.exitCode = before;
  },
};
