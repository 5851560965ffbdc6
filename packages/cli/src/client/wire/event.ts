/** Events from the wire. */
import type { StoredEvent as WireEvent } from '@fleetvisor/protocol/api';
import {
  type AgentStarted,
  type CommandDone,
  type ConfigChanged,
  type CrashRepeat,
  type EventsDropped,
  type OutputLost,
  type ProcessCrash,
  type ProcessTransition,
  type RolloutChanged,
  type EventBody as WireBody,
  PreviousEnd as WireEnd,
} from '@fleetvisor/protocol/common';
import type { EventBody, EventKind, PreviousEnd, StoredEvent } from '../event.ts';
import { changesFromWire, outcomeFromWire, problemFromWire, resultFromWire } from './command.ts';
import { generationFromWire, phaseFromWire, revisionRefFromWire } from './host.ts';
import { exitFromWire, layerFromWire, nameFromWire, stateFromWire, streamFromWire } from './process.ts';
import { milliseconds, moment, textOrNone } from './words.ts';

type WireKind = NonNullable<WireBody['kind']>['$case'];

/** What the contract calls each kind. */
const wireKinds = {
  transition: 'transition',
  crash: 'crash',
  'crash-repeat': 'crashRepeat',
  'agent-started': 'agentStarted',
  'agent-stopping': 'agentStopping',
  'agent-went-on': 'agentWentOn',
  'config-changed': 'configChanged',
  'command-done': 'commandDone',
  'events-dropped': 'eventsDropped',
  'host-connected': 'hostConnected',
  'host-disconnected': 'hostDisconnected',
  'rollout-changed': 'rolloutChanged',
  'identity-conflict': 'identityConflict',
  'group-changed': 'groupChanged',
  'output-lost': 'outputLost',
  'controller-started': 'controllerStarted',
} as const satisfies Record<Exclude<EventKind, 'other'>, WireKind>;

export function kindToWire(kind: EventKind): string {
  return kind === 'other' ? kind : wireKinds[kind];
}

export function eventFromWire(event: WireEvent): StoredEvent {
  return {
    position: Number(event.position),
    hostId: event.hostId,
    host: event.host,
    epoch: event.epoch,
    seq: Number(event.seq),
    at: moment(event.atUs),
    receivedAt: moment(event.receivedAtUs),
    body: bodyFromWire(event.body),
  };
}

function bodyFromWire(body: WireBody | undefined): EventBody {
  const kind = body?.kind;
  switch (kind?.$case) {
    case 'transition':
      return transitionFromWire(kind.value);
    case 'crash':
      return crashFromWire(kind.value);
    case 'crashRepeat':
      return crashRepeatFromWire(kind.value);
    case 'agentStarted':
      return agentStartedFromWire(kind.value);
    case 'agentStopping':
      return { kind: 'agent-stopping', ...kind.value };
    case 'agentWentOn':
      return { kind: 'agent-went-on', ...kind.value };
    case 'configChanged':
      return configChangedFromWire(kind.value);
    case 'commandDone':
      return commandDoneFromWire(kind.value);
    case 'outputLost':
      return outputLostFromWire(kind.value);
    case 'controllerStarted':
      return {
        kind: 'controller-started',
        version: kind.value.version,
        previousEnd: previousEndFromWire(kind.value.previousEnd),
      };
    case 'eventsDropped':
      return eventsDroppedFromWire(kind.value);
    case 'hostConnected':
      return { kind: 'host-connected', address: kind.value.address, session: Number(kind.value.session) };
    case 'hostDisconnected':
      return { kind: 'host-disconnected', session: Number(kind.value.session), reason: kind.value.reason };
    case 'rolloutChanged':
      return rolloutChangedFromWire(kind.value);
    case 'identityConflict':
      return { kind: 'identity-conflict', ...kind.value };
    case 'groupChanged':
      return { kind: 'group-changed', ...kind.value, layer: layerFromWire(kind.value.layer) };
    case undefined:
      return { kind: 'other' };
  }
}

function transitionFromWire(transition: ProcessTransition): EventBody {
  return {
    kind: 'transition',
    process: nameFromWire(transition.process),
    from: stateFromWire(transition.from),
    to: stateFromWire(transition.to),
    run: Number(transition.run),
    pid: transition.pid === 0 ? undefined : transition.pid,
    tries: transition.tries,
    exit: exitFromWire(transition.exit),
    expected: transition.expected,
    spawnError: textOrNone(transition.spawnError),
  };
}

function crashFromWire(crash: ProcessCrash): EventBody {
  return {
    kind: 'crash',
    process: nameFromWire(crash.process),
    run: Number(crash.run),
    pid: crash.pid === 0 ? undefined : crash.pid,
    exit: exitFromWire(crash.exit),
    fatal: crash.fatal,
    spawnError: textOrNone(crash.spawnError),
    startedAt: moment(crash.startedAtUs),
    ranForMs: milliseconds(crash.ranForUs),
    lastOutput: new TextDecoder().decode(crash.lastOutput),
    lastOutputStream: streamFromWire(crash.lastOutputStream),
    generation: generationFromWire(crash.generation),
    outOfMemory: crash.outOfMemory,
  };
}

function crashRepeatFromWire(repeat: CrashRepeat): EventBody {
  return {
    kind: 'crash-repeat',
    process: nameFromWire(repeat.process),
    count: Number(repeat.count),
    firstAt: moment(repeat.firstAtUs),
    lastAt: moment(repeat.lastAtUs),
    lastExit: exitFromWire(repeat.lastExit),
  };
}

const previousEnds: Readonly<Record<number, PreviousEnd>> = {
  [WireEnd.FIRST_START]: 'first-start',
  [WireEnd.ORDERLY]: 'orderly',
  [WireEnd.CRASH]: 'crash',
  [WireEnd.UPGRADE]: 'upgrade',
};

function previousEndFromWire(end: WireEnd): PreviousEnd {
  return previousEnds[end];
}

function agentStartedFromWire({ agentVersion, bootId, pid, adopted, ...started }: AgentStarted): EventBody {
  const previousEnd = previousEndFromWire(started.previousEnd);
  const previousVersion = textOrNone(started.previousVersion);
  return { kind: 'agent-started', agentVersion, bootId, pid, previousEnd, adopted, previousVersion };
}

function outputLostFromWire({ process, run, streams, bytesMax }: OutputLost): EventBody {
  const lost = { process: nameFromWire(process), run: Number(run), streams: streams.map(streamFromWire) };
  return { kind: 'output-lost', ...lost, bytesMax: Number(bytesMax) };
}

function eventsDroppedFromWire({ ranges, count, kinds }: EventsDropped): EventBody {
  return {
    kind: 'events-dropped',
    ranges: ranges.map(({ first, last }) => ({ first: Number(first), last: Number(last) })),
    count: Number(count),
    kinds: kinds.map((each) => ({ kind: kindWord(each.kind), count: Number(each.count) })),
  };
}

/** In the words of `--kind`; one that this fleetctl has not heard of as it came. */
function kindWord(wireKind: string): string {
  return Object.entries(wireKinds).find(([, name]) => name === wireKind)?.[0] ?? wireKind;
}

function configChangedFromWire(changed: ConfigChanged): EventBody {
  return {
    kind: 'config-changed',
    to: generationFromWire(changed.to),
    phase: phaseFromWire(changed.phase),
    problems: changed.problems.map(problemFromWire),
    changes: changesFromWire(changed.changes),
  };
}

function commandDoneFromWire(done: CommandDone): EventBody {
  return {
    kind: 'command-done',
    commandId: done.commandId,
    actor: done.actor,
    verb: done.verb,
    targets: done.targets,
    outcome: outcomeFromWire(done.outcome),
    results: done.results.map(resultFromWire),
  };
}

function rolloutChangedFromWire(changed: RolloutChanged): EventBody {
  return {
    kind: 'rollout-changed',
    rolloutId: changed.rolloutId,
    state: changed.state,
    reason: changed.reason,
    to: changed.to.map(revisionRefFromWire),
  };
}
