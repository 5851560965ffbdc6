/** A supervisor with everything around it made up, and a clock that moves when told to: for tests. */
import { VirtualClock } from '@fleetvisor/primitives';
import type { AgentEvent } from '../../events/event.ts';
import type { Transition } from '../process/effect.ts';
import { startSupervisor } from '../start-supervisor.ts';
import type { ProcessName, ProcessStatus } from '../status.ts';
import type { Supervisor } from '../supervisor.ts';
import { type Behaviour, FakeProcessHost } from './fake-process-host.ts';
import { FakeProcessLogs } from './fake-process-logs.ts';

export interface SupervisedWorld {
  readonly clock: VirtualClock;
  readonly host: FakeProcessHost;
  readonly logs: FakeProcessLogs;
  readonly supervisor: Supervisor;
  readonly events: readonly AgentEvent[];
  /** The main log: seconds since the start, level, text. */
  readonly mainLog: readonly string[];
  /** `name FROM -> TO`, as subscribers hear them. */
  readonly transitions: readonly string[];
  /** The main log and, between its lines, the transitions with their facts. */
  readonly story: readonly string[];
  /** Lets time pass, and everything happen that happens meanwhile. */
  pass(seconds: number): Promise<void>;
  /** @param name of process and group, or `group:name` */
  status(name: string): ProcessStatus;
  name(name: string): ProcessName;
}

/** @param behaviours of programs by name; what is not named runs for ever and dies of any signal */
export function superviseFake(
  behaviours: Readonly<Record<string, Behaviour | ((run: number) => Behaviour)>> = {},
): SupervisedWorld {
  const clock = new VirtualClock();
  const begun = clock.now();
  const host = new FakeProcessHost(clock, ({ program }, run) => {
    const behaviour = behaviours[program] ?? {};
    return typeof behaviour === 'function' ? behaviour(run) : behaviour;
  });
  const logs = new FakeProcessLogs();
  const events: AgentEvent[] = [];
  const mainLog: string[] = [];
  const transitions: string[] = [];
  const story: string[] = [];
  const seconds = () => ((clock.now() - begun) / 1e6).toFixed(3);
  const supervisor = startSupervisor({
    clock,
    host,
    logs,
    mainLog: {
      log: (level, text) => {
        mainLog.push(`${seconds()} ${level} ${text}`);
        story.push(`${seconds()} ${level} ${text}`);
      },
    },
    events: { record: (event) => events.push(event) },
  });
  supervisor.subscribe({
    transition: ({ name }, transition) => {
      transitions.push(`${name} ${transition.from} -> ${transition.to}`);
      story.push(`${seconds()} ${name} ${transitionLine(transition)}`);
    },
  });
  const nameOf = (text: string): ProcessName => {
    const [group = text, name = group] = text.split(':');
    return { group, name };
  };
  return {
    clock,
    host,
    logs,
    supervisor,
    events,
    mainLog,
    transitions,
    story,
    pass: (passed) => clock.advanceAsync(passed * 1000),
    status: (text) => {
      const status = supervisor.status(nameOf(text));
      if (status === undefined) throw new Error(`there is no process ${text}`);
      return status;
    },
    name: nameOf,
  };
}

function transitionLine({ from, to, run, pid, tries, expected, spawnError }: Transition): string {
  const facts = `run:${run} pid:${pid} tries:${tries} expected:${expected}`;
  return `${from} -> ${to} ${facts}${spawnError === '' ? '' : ` (${spawnError})`}`;
}
