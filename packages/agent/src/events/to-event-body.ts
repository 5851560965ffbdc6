/** Makes the wire's EventBody of an event. Once encoded it never changes: a resent event has the same bytes. */
import { assertNever } from '@fleetvisor/primitives';
import { type EventBody, LogStream, PreviousEnd as WireEnd } from '@fleetvisor/protocol/common';
import {
  changesToWire,
  exitToWire,
  layers,
  outcomes,
  phases,
  problemToWire,
  resultToWire,
  transitionToWire,
} from '../wire/to-wire.ts';
import type { AgentEvent, AgentStartedEvent, CrashEvent, PreviousEnd } from './event.ts';

export function toEventBody(event: AgentEvent): EventBody {
  return { kind: bodyOf(event) };
}

function bodyOf(event: AgentEvent): NonNullable<EventBody['kind']> {
  switch (event.kind) {
    case 'transition':
      return { $case: 'transition', value: transitionToWire(event.process, event.transition) };
    case 'crash':
      return crashBody(event);
    case 'crashRepeat': {
      const { process, count, firstAtUs, lastAtUs, lastExit } = event;
      const value = { process, count: BigInt(count), firstAtUs, lastAtUs, lastExit: exitToWire(lastExit) };
      return { $case: 'crashRepeat', value };
    }
    case 'agentStarted':
      return startedBody(event);
    case 'agentStopping':
      return { $case: 'agentStopping', value: { reason: event.reason } };
    case 'agentWentOn':
      return { $case: 'agentWentOn', value: { reason: event.reason } };
    case 'configChanged': {
      const { to, phase, problems, changes } = event;
      const value = {
        to,
        phase: phases[phase],
        problems: problems.map(problemToWire),
        changes: changes && changesToWire(changes),
      };
      return { $case: 'configChanged', value };
    }
    case 'commandDone': {
      const { commandId, actor, verb, targets, outcome, results } = event;
      const value = { commandId, actor, verb, targets: [...targets], outcome: outcomes[outcome] };
      return { $case: 'commandDone', value: { ...value, results: results.map(resultToWire) } };
    }
    case 'groupChanged': {
      const { group, layer, added } = event;
      return { $case: 'groupChanged', value: { group, layer: layers[layer], added } };
    }
    case 'outputLost': {
      const { process, run, bytesMax } = event;
      const lost = { process, run: BigInt(run), streams: event.streams.map((name) => streams[name]) };
      return { $case: 'outputLost', value: { ...lost, bytesMax: BigInt(bytesMax) } };
    }
    case 'eventsDropped': {
      const { ranges, count } = event;
      const kinds = event.kinds.map((each) => ({ kind: each.kind, count: BigInt(each.count) }));
      return { $case: 'eventsDropped', value: { ranges: [...ranges], count: BigInt(count), kinds } };
    }
    default:
      return assertNever(event);
  }
}

const streams = { stdout: LogStream.STDOUT, stderr: LogStream.STDERR } as const;

const previousEnds = {
  'first-start': WireEnd.FIRST_START,
  orderly: WireEnd.ORDERLY,
  crash: WireEnd.CRASH,
  upgrade: WireEnd.UPGRADE,
} as const satisfies Record<PreviousEnd, WireEnd>;

function startedBody(event: AgentStartedEvent): NonNullable<EventBody['kind']> {
  const { agentVersion, bootId, pid, previousEnd, adopted, previousVersion } = event;
  const end = previousEnd === undefined ? WireEnd.UNSPECIFIED : previousEnds[previousEnd];
  const value = { agentVersion, bootId, pid, previousEnd: end, adopted, previousVersion };
  return { $case: 'agentStarted', value };
}

function crashBody(event: CrashEvent): NonNullable<EventBody['kind']> {
  const { process, pid, fatal, spawnError, startedAtUs, generation } = event;
  const value = {
    ...{ process, pid, fatal, spawnError, startedAtUs, generation },
    run: BigInt(event.run),
    exit: exitToWire(event.exit),
    ranForUs: BigInt(event.ranForUs),
    lastOutput: Buffer.from(event.lastOutput),
    lastOutputStream: streams[event.lastOutputStream],
    // Nothing on the host says so: a killed child looks like any other that got SIGKILL.
    outOfMemory: false,
  };
  return { $case: 'crash', value };
}
