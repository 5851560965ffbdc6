/** Every command, by name in the order of `help`. */
import type { CtlCommand } from './command.ts';
import { add } from './commands/add.ts';
import { avail } from './commands/avail.ts';
import { clear } from './commands/clear.ts';
import { exit, quit } from './commands/exit.ts';
import { fg } from './commands/fg.ts';
import { maintail } from './commands/maintail.ts';
import { open } from './commands/open.ts';
import { pid } from './commands/pid.ts';
import { reload } from './commands/reload.ts';
import { remove } from './commands/remove.ts';
import { reread } from './commands/reread.ts';
import { restart } from './commands/restart.ts';
import { shutdown } from './commands/shutdown.ts';
import { signal } from './commands/signal.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { stop } from './commands/stop.ts';
import { tail } from './commands/tail.ts';
import { update } from './commands/update.ts';
import { version } from './commands/version.ts';

export const commands: ReadonlyMap<string, CtlCommand> = new Map(
  [
    add,
    avail,
    clear,
    exit,
    fg,
    maintail,
    open,
    pid,
    quit,
    reload,
    remove,
    reread,
    restart,
    shutdown,
    signal,
    start,
    status,
    stop,
    tail,
    update,
    version,
  ].map((command) => [command.name, command]),
);
