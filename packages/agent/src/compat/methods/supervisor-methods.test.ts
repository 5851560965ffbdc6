import { describe, expect, it } from 'vitest';
import { calledDaemon } from './testing/called-daemon.ts';

/** As the real one publishes them: the result, then the parameters. */
const signatures = {
  'supervisor.addProcessGroup': ['boolean', 'string'],
  'supervisor.clearAllProcessLogs': ['array'],
  'supervisor.clearLog': ['boolean'],
  'supervisor.clearProcessLog': ['boolean', 'string'],
  'supervisor.clearProcessLogs': ['boolean', 'string'],
  'supervisor.getAPIVersion': ['string'],
  'supervisor.getAllConfigInfo': ['array'],
  'supervisor.getAllProcessInfo': ['array'],
  'supervisor.getIdentification': ['string'],
  'supervisor.getPID': ['int'],
  'supervisor.getProcessInfo': ['struct', 'string'],
  'supervisor.getState': ['struct'],
  'supervisor.getSupervisorVersion': ['string'],
  'supervisor.getVersion': ['string'],
  'supervisor.readLog': ['string', 'int', 'int'],
  'supervisor.readMainLog': ['string', 'int', 'int'],
  'supervisor.readProcessLog': ['string', 'string', 'int', 'int'],
  'supervisor.readProcessStderrLog': ['string', 'string', 'int', 'int'],
  'supervisor.readProcessStdoutLog': ['string', 'string', 'int', 'int'],
  'supervisor.reloadConfig': ['array'],
  'supervisor.removeProcessGroup': ['boolean', 'string'],
  'supervisor.restart': ['boolean'],
  'supervisor.sendProcessStdin': ['boolean', 'string', 'string'],
  'supervisor.sendRemoteCommEvent': ['boolean', 'string', 'string'],
  'supervisor.shutdown': ['boolean'],
  'supervisor.signalAllProcesses': ['array', 'string'],
  'supervisor.signalProcess': ['boolean', 'string', 'string'],
  'supervisor.signalProcessGroup': ['array', 'string', 'string'],
  'supervisor.startAllProcesses': ['array', 'boolean'],
  'supervisor.startProcess': ['boolean', 'string', 'boolean'],
  'supervisor.startProcessGroup': ['array', 'string', 'boolean'],
  'supervisor.stopAllProcesses': ['array', 'boolean'],
  'supervisor.stopProcess': ['boolean', 'string', 'boolean'],
  'supervisor.stopProcessGroup': ['array', 'string', 'boolean'],
  'supervisor.tailProcessLog': ['array', 'string', 'int', 'int'],
  'supervisor.tailProcessStderrLog': ['array', 'string', 'int', 'int'],
  'supervisor.tailProcessStdoutLog': ['array', 'string', 'int', 'int'],
};

describe('the methods of supervisor.*', () => {
  it('are those of Supervisor, with its signatures', async () => {
    const { call } = calledDaemon();
    const names = await call('system.listMethods');
    const ours = Array.isArray(names) ? names.filter((name) => String(name).startsWith('supervisor.')) : [];
    expect(ours).toEqual(Object.keys(signatures).toSorted());
    for (const [name, signature] of Object.entries(signatures)) {
      expect(await call('system.methodSignature', name)).toEqual(signature);
      expect(String(await call('system.methodHelp', name)).length).toBeGreaterThan(20);
    }
  });

  it('take no more and no fewer parameters', async () => {
    const { call } = calledDaemon();
    const wrong = 'FAULT 2 INCORRECT_PARAMETERS';
    expect(await call('supervisor.getState', 1)).toBe(wrong);
    expect(await call('supervisor.startProcess')).toBe(wrong);
    expect(await call('supervisor.startProcess', 'a', true, 3)).toBe(wrong);
    expect(await call('supervisor.signalProcess', 'a')).toBe(wrong);
    expect(await call('supervisor.readLog', 0)).toBe(wrong);
  });
});
