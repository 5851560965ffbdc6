import { describe, expect, it } from 'vitest';
import { calledDaemon } from './testing/called-daemon.ts';

describe('the daemon', () => {
  it('says who and how it is', async () => {
    const { call } = calledDaemon();
    expect(await call('supervisor.getAPIVersion')).toBe('3.0');
    expect(await call('supervisor.getVersion')).toBe('3.0');
    expect(await call('supervisor.getSupervisorVersion')).toMatch(/^4\.\d+\.\d+$/);
    expect(await call('supervisor.getIdentification')).toBe('supervisor');
    expect(await call('supervisor.getState')).toEqual({ statecode: 1, statename: 'RUNNING' });
    expect(await call('supervisor.getPID')).toBe(process.pid);
  });

  it('ends and begins anew when told to', async () => {
    const { call, asked } = calledDaemon();
    expect(await call('supervisor.restart')).toBe(true);
    expect(await call('supervisor.shutdown')).toBe(true);
    expect(asked).toEqual(['restart', 'shutdown']);
  });

  it('does not begin anew from broken files', async () => {
    const { call, asked, settings } = calledDaemon();
    const message = '.ini file does not include supervisord section';
    settings.problems = [{ file: '/s.conf', line: 0, section: 'supervisord', option: undefined, message }];
    expect(await call('supervisor.restart')).toBe(`FAULT 92 CANT_REREAD: ${message}`);
    expect(asked).toEqual([]);
  });

  it('passes on remote communication, to the very end', async () => {
    const { call, asked, settings } = calledDaemon();
    expect(await call('supervisor.sendRemoteCommEvent', 'alpha', 'some data')).toBe(true);
    settings.state = 'shutting-down';
    expect(await call('supervisor.sendRemoteCommEvent', 'grüße', '')).toBe(true);
    expect(asked).toEqual(['alpha: some data', 'grüße: ']);
    expect(await call('supervisor.getState')).toBe('FAULT 6 SHUTDOWN_STATE');
  });
});
