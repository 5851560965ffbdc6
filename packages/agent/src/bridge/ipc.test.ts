import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { bridgeContract } from './bridge.contract.ts';
import { engineEndOf } from './ipc.ts';

const echoProcess = fileURLToPath(new URL('./fixtures/echo-process.ts', import.meta.url));

bridgeContract('over IPC', () => {
  const child = fork(echoProcess, [], { serialization: 'advanced', execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { engine: engineEndOf(child), linkEnded: once(child, 'exit') };
});
