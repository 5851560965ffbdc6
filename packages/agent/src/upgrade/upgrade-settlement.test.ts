import { systemClock } from '@fleetvisor/primitives';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AgentEvent } from '../events/event.ts';
import { openAgentDb } from '../state/agent-db.ts';
import { CommandLog } from '../state/command-log.ts';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import type { ActionResult } from '../supervision/action.ts';
import { replaced, type UpgradeResult, wentBack } from './upgrade-result.ts';
import { UpgradeSettlement } from './upgrade-settlement.ts';

const command = { commandId: 'c1', actor: 'ann' };
const result = replaced('0.1.0', '0.2.0');

function house() {
  const db = openAgentDb(tempFolder());
  onTestFinished(() => db[Symbol.asyncDispose]());
  const log = new CommandLog(db, systemClock);
  const told: string[] = [];
  const link = {
    awaits: (commandId: string) => void told.push(`awaits ${commandId}`),
    settle: (commandId: string, { outcome }: ActionResult) => {
      told.push(`settles ${commandId}: ${outcome}`);
      log.done(commandId, result);
    },
  };
  const records: AgentEvent[] = [];
  const parts = { db, clock: systemClock, link, record: (event: AgentEvent) => records.push(event) };
  return { told, records, settlement: (of: UpgradeResult | undefined) => new UpgradeSettlement(parts, of) };
}

describe('what came of an upgrade', () => {
  it('is told when the new version has lived through its trial, once', () => {
    const { told, records, settlement } = house();
    const upgrade = settlement({ command, result, isOnTrial: true });
    expect([told, records]).toEqual([['awaits c1'], []]);
    upgrade.settle();
    upgrade.settle();
    expect(told).toEqual(['awaits c1', 'settles c1: ok']);
    expect(records).toMatchObject([
      { kind: 'commandDone', commandId: 'c1', actor: 'ann', verb: 'upgrade', outcome: 'ok' },
    ]);
  });

  it('is told at once where there is no way back, or where it has failed; to the next agent it is known', () => {
    const { told, records, settlement } = house();
    const version = (name: string) => ({ version: name, launcher: `/opt/${name}` });
    const failed = wentBack({
      ...{ state: 'failed', machineLife: 'boot', from: version('0.1.0'), to: version('0.2.0') },
      command,
    });
    for (let start = 1; start <= 3; start++) settlement({ command, result: failed, isOnTrial: false });
    expect(told).toEqual(['settles c1: failed']);
    expect(records).toHaveLength(1);
  });

  it('is nothing where nobody had asked', () => {
    const { told, records, settlement } = house();
    settlement(undefined).settle();
    expect([told, records]).toEqual([[], []]);
  });
});
