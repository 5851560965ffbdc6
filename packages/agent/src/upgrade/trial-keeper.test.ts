import { VirtualClock } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { TRIAL_MS, type Trial } from './trial.ts';
import { TrialFile } from './trial-file.ts';
import { TrialKeeper } from './trial-keeper.ts';

const version = (name: string) => ({ version: name, launcher: `/opt/${name}` });

function house(state: Trial['state']) {
  const folder = tempFolder();
  const file = new TrialFile(folder);
  file.write({
    state,
    machineLife: 'boot',
    from: version('1'),
    to: version('2'),
    command: { commandId: 'c1', actor: 'ann' },
  });
  const clock = new VirtualClock();
  let lived = 0;
  const keeper = new TrialKeeper(clock, folder, () => {
    lived++;
  });
  return { file, clock, keeper, lived: () => lived };
}

describe('a version on trial', () => {
  it('has lived through it after ten seconds, and then goes back no more', () => {
    const { file, clock, keeper, lived } = house('on-trial');
    clock.advance(TRIAL_MS - 1);
    expect([file.isOn, lived()]).toEqual([true, 0]);
    clock.advance(1);
    expect([file.isOn, lived()]).toEqual([false, 1]);
    keeper.end();
    expect(lived()).toBe(1);
  });

  it('has so too when it is told to end before', () => {
    const { file, clock, keeper, lived } = house('on-trial');
    keeper.end();
    clock.advance(TRIAL_MS);
    expect([file.read(), lived()]).toEqual([undefined, 1]);
  });

  it('stays on trial when it is just gone, and has not lived when it has failed', () => {
    const gone = house('on-trial');
    gone.keeper[Symbol.dispose]();
    gone.clock.advance(TRIAL_MS);
    expect([gone.file.isOn, gone.lived()]).toEqual([true, 0]);
    const failed = house('failed');
    failed.clock.advance(TRIAL_MS);
    failed.keeper.end();
    expect([failed.file.read()?.state, failed.lived()]).toEqual(['failed', 0]);
  });

  it('is remembered as the one that has failed, and that whoever had asked for it has been told', () => {
    const { file, clock, keeper } = house('failed');
    const failed = file.read();
    if (failed === undefined) throw new Error('there is a trial');
    keeper.reported(failed);
    clock.advance(TRIAL_MS);
    keeper.end();
    expect(file.read()).toEqual({ ...failed, command: undefined });
  });
});
