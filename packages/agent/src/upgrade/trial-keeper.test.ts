import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@fleetvisor/primitives';
import { afterAll, describe, expect, it } from 'vitest';
import { TRIAL_MS, type Trial } from './trial.ts';
import { TrialFile } from './trial-file.ts';
import { TrialKeeper } from './trial-keeper.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-trial-'));
afterAll(() => rmSync(folder, { recursive: true }));

const trial: Trial = {
  ...{ state: 'on-trial', machineLife: 'this boot' },
  from: { version: '1.0.0', launcher: '/opt/1.0.0/fleet-agent' },
  to: { version: '1.1.0', launcher: '/opt/1.1.0/fleet-agent' },
  command: { commandId: 'c1', actor: 'ann' },
};

describe('the keeper of a trial', () => {
  it('ends it once the new version has lived long enough, and not before', () => {
    const [clock, file] = [new VirtualClock(), new TrialFile(folder)];
    file.write(trial);
    using _ = new TrialKeeper(clock, folder);
    clock.advance(TRIAL_MS - 1);
    expect(file.read()).toEqual(trial);
    clock.advance(1);
    expect(file.read()).toBeUndefined();
  });

  it('leaves it to the next start where the new version has not', () => {
    const [clock, file] = [new VirtualClock(), new TrialFile(folder)];
    file.write(trial);
    new TrialKeeper(clock, folder)[Symbol.dispose]();
    clock.advance(TRIAL_MS);
    expect(file.read()).toEqual(trial);
  });

  it('remembers which version has failed, and that whoever had asked for it has been told', () => {
    const [clock, file] = [new VirtualClock(), new TrialFile(folder)];
    const failed: Trial = { ...trial, state: 'failed' };
    file.write(failed);
    using keeper = new TrialKeeper(clock, folder);
    keeper.reported(failed);
    clock.advance(TRIAL_MS);
    keeper.end();
    expect(file.read()).toEqual({ ...failed, command: undefined });
  });
});
