import { describe, expect, it } from 'vitest';
import { CHANNEL_VARIABLE, daemonChannel, parseDaemonReport } from './daemon-channel.ts';

describe('daemonChannel', () => {
  it('is there only in a process that was started as a daemon', () => {
    expect(daemonChannel({})).toBeUndefined();
    expect(daemonChannel({ [CHANNEL_VARIABLE]: '1' })).toBeUndefined();
  });
});

describe('parseDaemonReport', () => {
  it.each([
    ['', undefined],
    ['7', undefined],
    ['{"kind":"ready"}\n', { kind: 'ready' }],
    ['{"kind":"failed","text":"no","exitCode":2}\n', { kind: 'failed', text: 'no', exitCode: 2 }],
    ['{"kind":"failed","text":"no"}\n', undefined],
  ])('reads %j', (line, report) => {
    expect(parseDaemonReport(line)).toEqual(report);
  });
});
