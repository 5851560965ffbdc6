/**
 * fleet-agent as a process. A daemon listens to its signals first of all: until then one that is to stop it kills it, and programs
 * that run already (over an upgrade, after a crash) are left without a supervisor. Everything else is loaded after that.
 */
import { catchSignals } from './daemon/signals.ts';
import { takeHandedSignals } from './os/held-signals.ts';

const handed = takeHandedSignals(process.env);
const isDaemon = process.argv[2] === 'run' || process.argv[2] === 'supervisord';
const signals = isDaemon ? catchSignals((signal, act) => void process.on(signal, act), handed) : undefined;

const { runProcess } = await import('./agent-process.ts');
await runProcess(signals);
