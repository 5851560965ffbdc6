/** A supervisor with made-up children and an event bus: listeners say what a test has them say. */
import type { ListenerGroupSpec, ProcessSpec } from '@fleetvisor/config';
import { VirtualClock } from '@fleetvisor/primitives';
import type { OutputSource } from '../../../logs/output-events.ts';
import type { Launch, StartedChild, StartFailure, StdinOutcome } from '../../../supervision/ports.ts';
import type { Exit } from '../../../supervision/process/exit.ts';
import { startSupervisor } from '../../../supervision/start-supervisor.ts';
import type { Supervisor } from '../../../supervision/supervisor.ts';
import { type Behaviour, FakeProcessHost } from '../../../supervision/testing/fake-process-host.ts';
import { FakeProcessLogs } from '../../../supervision/testing/fake-process-logs.ts';
import { groupSpec, processSpec } from '../../../supervision/testing/specs.ts';
import { type EventBus, openEventBus } from '../event-bus.ts';

/** The group of an `[eventlistener:x]`: one process of its name unless `names` says otherwise. */
export function listenerGroup(
  name: string,
  events: readonly string[],
  options: { readonly bufferSize?: number; readonly names?: readonly string[] } & Partial<ProcessSpec> = {},
): ListenerGroupSpec {
  const { bufferSize = 10, names = [name], ...spec } = options;
  const processes = names.map((own) =>
    processSpec(own, { kind: 'eventlistener', startsecs: 0, priority: -1, ...spec }),
  );
  const group = groupSpec(name, { priority: -1, processes });
  const resultHandler = 'supervisor.dispatchers:default_handler';
  return { ...group, kind: 'eventlistener', events, bufferSize, resultHandler };
}

/** As the real host, tells the bus of a run of a listener before its child is there. */
class ListeningHost extends FakeProcessHost {
  readonly readers = new Map<number, (chunk: Uint8Array) => void>();
  bus: EventBus | undefined;
  /** What comes of the next writes; taken when empty. */
  readonly stdinOutcomes: StdinOutcome[] = [];

  override start(launch: Launch, onExit: (exit: Exit) => void): StartedChild | StartFailure {
    const { spec } = launch;
    let pid = 0;
    const source: OutputSource = {
      process: { group: spec.group, name: spec.name },
      channel: 'stdout',
      pid: () => pid,
    };
    const reader = spec.kind === 'eventlistener' ? this.bus?.listens(source) : undefined;
    const child = super.start(launch, onExit);
    if (child.kind === 'started') {
      pid = child.pid;
      if (reader !== undefined) this.readers.set(pid, reader);
    }
    return child;
  }

  override writeStdin(launch: Launch, chunk: Uint8Array): StdinOutcome {
    return this.stdinOutcomes.shift() ?? super.writeStdin(launch, chunk);
  }
}

export interface ListeningWorld {
  readonly clock: VirtualClock;
  readonly host: ListeningHost;
  readonly bus: EventBus;
  readonly supervisor: Supervisor;
  /** Of the bus: level and text. */
  readonly busLog: readonly string[];
  /** Lets time pass, and everything happen that happens meanwhile. */
  pass(seconds: number): Promise<void>;
  /** The living child of a listener writes to its stdout, and what follows from it happens. */
  says(text: string, group?: string, name?: string): Promise<void>;
  /** What the living child of a listener has been sent, event by event. */
  heard(group?: string, name?: string): readonly string[];
}

/** @param group of the listener that is meant where none is named: `lst` */
export function listenFake(behaviours: Readonly<Record<string, Behaviour>> = {}): ListeningWorld {
  const clock = new VirtualClock();
  const busLog: string[] = [];
  const host = new ListeningHost(clock, ({ program }) => behaviours[program] ?? {});
  const bus = openEventBus({
    clock,
    identifier: () => 'me',
    mainLog: { log: (level, text) => busLog.push(`${level} ${text}`) },
  });
  host.bus = bus;
  const supervisor = startSupervisor({
    clock,
    host,
    logs: new FakeProcessLogs(),
    mainLog: { log: () => {} },
    events: { record: () => {} },
    beforeStop: (group) => bus.heard(group),
  });
  bus.attach(supervisor);
  const pass = (seconds: number) => clock.advanceAsync(seconds * 1000);
  return {
    ...{ clock, host, bus, supervisor, busLog, pass },
    says: async (text, group = 'lst', name = group) => {
      host.readers.get(host.child(group, name).pid)?.(Buffer.from(text));
      await pass(0);
    },
    heard: (group = 'lst', name = group) => host.child(group, name).stdin,
  };
}
