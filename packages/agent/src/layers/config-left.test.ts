import { parseConfig } from '@fleetvisor/config';
import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { readMachineLife } from '../os/boot-id.ts';
import { Users } from '../os/users.ts';
import { openAgentDb } from '../state/agent-db.ts';
import { AgentLife, type LeftLife, type LeftProcess } from '../state/agent-life.ts';
import { ConfigInForce } from '../state/config-in-force.ts';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { configLeft, hasLeftPrograms } from './config-left.ts';
import { machineContext } from './machine-context.ts';

const pool = groupSpec('pool', { processes: [processSpec('a')] });

/** A data folder as an agent that was killed leaves it. */
async function leave(folder: string): Promise<void> {
  const context = machineContext({}, folder, new Users(new VirtualClock()));
  const parsed = parseConfig({ file: 'x.conf', text: '[supervisord]\nidentifier=kept\n' }, context);
  if (!parsed.ok) throw new Error('a config');
  await using db = openAgentDb(folder);
  const life = new AgentLife(db, readMachineLife());
  life.begin('0.1.0', []);
  const groups = [{ spec: pool, layer: 'local' }] as const;
  db.transaction(() => life.write({ groups, removedGroups: [], processes: [], removedProcesses: [] }));
  new ConfigInForce(db).keep(parsed.config);
}

describe('configLeft', () => {
  it('is what an agent had that left programs', async () => {
    const folder = tempFolder();
    await leave(folder);
    expect(configLeft(folder)).toMatchObject({ agentVersion: '0.1.0', config: { daemon: { identifier: 'kept' } } });
    expect(configLeft(folder)).toBeDefined(); // to look changes nothing
    await using db = openAgentDb(folder); // and lets go of the folder
    expect(db.isOpen).toBe(true);
  });

  it.each<[string, (folder: string) => Promise<AsyncDisposable | undefined>]>([
    ['where there was no agent', async (folder) => void (await openAgentDb(folder)[Symbol.asyncDispose]())],
    [
      'after an orderly end',
      async (folder) => {
        await leave(folder);
        await using db = openAgentDb(folder);
        new AgentLife(db, readMachineLife()).end();
        return undefined;
      },
    ],
    [
      'where another agent is at it',
      async (folder) => {
        await leave(folder);
        return openAgentDb(folder);
      },
    ],
    [
      'of an agent that kept none',
      async (folder) => {
        await leave(folder);
        await using db = openAgentDb(folder);
        db.sql.exec('DROP TABLE config_in_force');
        return undefined;
      },
    ],
  ])('is nothing %s', async (_, prepare) => {
    const folder = tempFolder();
    await using _held = (await prepare(folder)) ?? { [Symbol.asyncDispose]: async () => {} };
    expect(configLeft(folder)).toBeUndefined();
  });

  it('makes nothing where nothing is', () => {
    const folder = `${tempFolder()}/none`;
    expect(configLeft(folder)).toBeUndefined();
    expect(() => openAgentDb(folder)).not.toThrow();
  });
});

describe('hasLeftPrograms', () => {
  const child = { pid: 7, startTicks: 1n };
  const record = { child } as LeftProcess; // nothing else is looked at
  const left = (ending: LeftLife['ending']): LeftLife => {
    return { agentVersion: '', ending, groups: [{ spec: pool, layer: 'local' }], process: () => record };
  };

  it.each<[LeftLife['ending'], boolean, boolean]>([
    ['nothing', true, true],
    // What has ended meanwhile may be due to be started.
    ['nothing', false, true],
    ['local', false, true],
    ['everything', true, true],
    // It was shut down, and killed when that was nearly done.
    ['everything', false, false],
  ])('ending %s, alive %s: %s', (ending, lives, expected) => {
    expect(hasLeftPrograms(left(ending), () => lives)).toBe(expected);
  });
});
