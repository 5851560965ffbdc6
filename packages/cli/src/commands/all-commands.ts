/** Every command, in the order in which help shows them. */
import type { CliCommand } from '../command.ts';
import { clearCommand } from './clear.ts';
import { commandsCommand } from './commands.ts';
import { commandsShowCommand } from './commands-show.ts';
import { configDiffCommand } from './config/diff.ts';
import { configHistoryCommand } from './config/history.ts';
import { configListCommand } from './config/list.ts';
import { configPushCommand } from './config/push.ts';
import { configRollbackCommand } from './config/rollback.ts';
import { configShowCommand } from './config/show.ts';
import { configValidateCommand } from './config/validate.ts';
import { contextListCommand } from './context/list.ts';
import { contextShowCommand } from './context/show.ts';
import { contextUseCommand } from './context/use.ts';
import { crashesCommand } from './crashes.ts';
import { eventsCommand } from './events.ts';
import { hostsCommand } from './hosts.ts';
import { hostsForgetCommand } from './hosts-forget.ts';
import { rereadCommand } from './reread.ts';
import { restartCommand } from './restart.ts';
import { signalCommand } from './signal.ts';
import { startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { tailCommand } from './tail.ts';
import { updateCommand } from './update.ts';
import { upgradeCommand } from './upgrade.ts';
import { versionCommand } from './version.ts';

export const allCommands: readonly CliCommand[] = [
  hostsCommand,
  hostsForgetCommand,
  statusCommand,
  startCommand,
  stopCommand,
  restartCommand,
  signalCommand,
  clearCommand,
  rereadCommand,
  updateCommand,
  upgradeCommand,
  commandsCommand,
  commandsShowCommand,
  tailCommand,
  eventsCommand,
  crashesCommand,
  configPushCommand,
  configListCommand,
  configShowCommand,
  configDiffCommand,
  configHistoryCommand,
  configRollbackCommand,
  configValidateCommand,
  contextListCommand,
  contextUseCommand,
  contextShowCommand,
  versionCommand,
];
