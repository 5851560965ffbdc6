import { describe, expect, it } from 'vitest';
import { judgeTrial, type Starter, type Trial } from './trial.ts';

const older = { version: '1.0.0', launcher: '/opt/1.0.0/fleet-agent' };
const newer = { version: '1.1.0', launcher: '/opt/1.1.0/fleet-agent' };
const third = { version: '1.2.0', launcher: '/opt/1.2.0/fleet-agent' };

const trial = (over: Partial<Trial> = {}): Trial => {
  return { state: 'on-trial', machineLife: 'this boot', from: older, to: newer, command: undefined, ...over };
};
const starter = (who: typeof older, over: Partial<Starter> = {}): Starter => {
  return { ...who, machineLife: 'this boot', isHandedOver: false, isSentBack: false, ...over };
};

describe('an agent that starts after an upgrade', () => {
  it.each([
    ['starts where there was none', undefined, starter(newer), 'start'],
    ['starts when it is the one that takes over', trial(), starter(newer, { isHandedOver: true }), 'start'],
    ['goes back when it is the one that died', trial(), starter(newer), 'go-back'],
    ['reports when it runs in place of the one that died', trial(), starter(older, { isSentBack: true }), 'report'],
    ['reports when the service manager has chosen the old one itself', trial(), starter(older), 'report'],
    [
      'makes nothing of it when the machine went down',
      trial({ machineLife: 'an earlier boot' }),
      starter(newer),
      'forget',
    ],
    ['goes back each time once that version has failed', trial({ state: 'failed' }), starter(newer), 'go-back'],
    ['does so after a boot, too', trial({ state: 'failed' }), starter(newer, { machineLife: 'later' }), 'go-back'],
    ['is the old one, and that has been told', trial({ state: 'failed' }), starter(older), 'start'],
    ['is a third one that somebody has installed', trial({ state: 'failed' }), starter(third), 'forget'],
    ['has been sent back and never goes back itself', trial(), starter(newer, { isSentBack: true }), 'report'],
  ] as const)('%s', (_what, left, who, verdict) => {
    expect(judgeTrial(left, who).kind).toBe(verdict);
  });
});
