/** What the controller has written down of commands, against what the hosts have told of them. */
import type { TestFleet } from '../support/fleet.ts';
import { until } from '../support/until.ts';
import { readHistory } from './central-history.ts';

/** As /api/v1/commands has it. */
interface Listed {
  readonly commandId: string;
  readonly underWay: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** What is wrong: a command that stays without an outcome, one that was carried out twice, one that was not and is said to be. */
export async function commandFaults(fleet: TestFleet): Promise<readonly string[]> {
  const { commands } = (await fleet.rest('commands?limit=1000')) as { commands: Listed[] }; // the documented shape
  const faults: string[] = [];
  await until('every command has its outcome', async () => {
    const { commands: open } = (await fleet.rest('commands?open=true')) as { commands: Listed[] };
    return open.length === 0;
  }).catch((error: Error) => faults.push(error.message));
  const done = Map.groupBy(
    (await readHistory(fleet)).filter(({ kind }) => kind === 'commandDone'),
    ({ host, details }) => `${details.commandId} on ${host}`,
  );
  for (const [command, { length }] of done) if (length > 1) faults.push(`${command} was carried out ${length} times`);
  for (const { commandId, outcomes } of commands) {
    const carriedOut = [...done.keys()].filter((command) => command.startsWith(commandId)).length;
    // Of one that changed nothing there is no event.
    const said = (outcomes.ok ?? 0) + (outcomes.failed ?? 0);
    if (said > carriedOut)
      faults.push(`${commandId} is said to be done: ${JSON.stringify(outcomes)}, no host tells so`);
    if (outcomes.cancelled !== undefined && carriedOut > 0) faults.push(`${commandId} was cancelled, and was done`);
  }
  return faults;
}
