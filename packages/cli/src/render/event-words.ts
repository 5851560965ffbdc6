/** What happened, in a few words on one line. */
import { formatNamespec, formatProblem } from '@fleetvisor/config';
import { assertNever } from '@fleetvisor/primitives';
import type {
  AgentStarted,
  CommandDone,
  ConfigChanged,
  EventBody,
  EventsDropped,
  OutputLost,
  PreviousEnd,
  ProcessCrash,
  ProcessTransition,
} from '../client/event.ts';
import type { ProcessName } from '../client/process.ts';
import { clockDuration } from './duration.ts';
import { exitWords } from './exit-words.ts';
import type { Colour } from './paint.ts';

export interface EventWords {
  /** What it happened to on its host; empty for the host itself. */
  readonly subject: string;
  readonly text: string;
  readonly colour: Colour | undefined;
}

export function eventWords(body: EventBody): EventWords {
  switch (body.kind) {
    case 'transition':
      return ofProcess(body.process, transitionText(body), body.to === 'FATAL' ? 'red' : undefined);
    case 'crash':
      return ofProcess(body.process, `crashed: ${joinFacts(crashText(body), ranForText(body))}`, 'red');
    case 'crash-repeat':
      return ofProcess(body.process, `crashed ${body.count} more times, last with ${exitWords(body.lastExit)}`, 'red');
    case 'agent-started':
      return agentStartedWords(body);
    case 'agent-stopping':
      return ofHost(`agent is stopping: ${body.reason}`);
    case 'agent-went-on':
      return ofHost(`agent was not replaced and goes on: ${body.reason}`, 'yellow');
    case 'config-changed':
      return configChangedWords(body);
    case 'command-done':
      return commandDoneWords(body);
    case 'events-dropped':
      return ofHost(eventsDroppedText(body), 'yellow');
    case 'output-lost':
      return ofProcess(body.process, outputLostText(body), 'yellow');
    case 'controller-started':
      return ofHost(`controller ${body.version} started${afterWords(body.previousEnd)}`, colourOfEnd(body.previousEnd));
    case 'host-connected':
      return ofHost(`connected from ${body.address}`, 'green');
    case 'host-disconnected':
      return ofHost(`connection ended: ${body.reason}`, 'yellow');
    case 'rollout-changed': {
      const files = body.to.map(({ file, revision }) => `${file}@${revision}`).join(', ');
      const reason = body.reason === '' ? '' : `: ${body.reason}`;
      return ofHost(`rollout ${body.rolloutId} of ${files} ${body.state}${reason}`);
    }
    case 'identity-conflict':
      return ofHost(`'${body.name}' is also claimed by host ${body.otherHostId} at ${body.address}`, 'red');
    case 'group-changed':
      return {
        subject: `${body.group}:*`,
        text: `process group ${body.added ? 'added' : 'removed'} (${body.layer})`,
        colour: undefined,
      };
    case 'other':
      return ofHost('something that a newer fleetctl can tell');
    default:
      return assertNever(body);
  }
}

/** How it ended: `signal KILL`, `exit code 3`, `FATAL (spawn error)`. */
export function crashText({ exit, fatal, spawnError, outOfMemory }: ProcessCrash): string {
  const memory = outOfMemory ? ' (out of memory)' : '';
  if (!fatal) return `${exitWords(exit)}${memory}`;
  const reason = spawnError ?? (exit === undefined ? 'it did not stay up' : exitWords(exit));
  return `FATAL (${reason})${memory}`;
}

/** Undefined for a program that could not even be started. */
export function ranForText({ pid, ranForMs }: ProcessCrash): string | undefined {
  if (pid === undefined && ranForMs === 0) return undefined;
  return `ran for ${ranForMs < 1_000 ? `${ranForMs}ms` : clockDuration(ranForMs)}`;
}

function agentStartedWords({ agentVersion, pid, previousEnd, adopted, previousVersion }: AgentStarted): EventWords {
  const facts = [
    `agent ${agentVersion} started, pid ${pid}${afterWords(previousEnd, previousVersion)}`,
    ...(adopted === 0 ? [] : [`${adopted} ${adopted === 1 ? 'program' : 'programs'} taken over running`]),
  ];
  return ofHost(facts.join('; '), colourOfEnd(previousEnd));
}

/** How the life before ended, behind the words of the present one. */
function afterWords(end: PreviousEnd, previousVersion?: string): string {
  const before = previousVersion === undefined ? 'the one before' : previousVersion;
  switch (end) {
    case 'first-start':
      return ', for the first time';
    case 'orderly':
      return ` (${before} was stopped)`;
    case 'crash':
      return ` (${before} was killed or crashed)`;
    case 'upgrade':
      return ` (in place of ${before})`;
    case undefined:
      return '';
  }
}

function colourOfEnd(end: PreviousEnd): Colour | undefined {
  return end === 'crash' ? 'yellow' : undefined;
}

function eventsDroppedText({ count, kinds }: EventsDropped): string {
  const of = kinds.map((each) => `${each.count} ${each.kind}`).join(', ');
  return `${count} events were lost before they could be sent${of === '' ? '' : `: ${of}`}`;
}

function outputLostText({ run, streams, bytesMax }: OutputLost): string {
  const kib = Math.ceil(bytesMax / 1024);
  return `run ${run} ended while no agent lived: its last output may be lost (at most ${kib} KiB of ${streams.join(' and ')})`;
}

function joinFacts(...facts: readonly (string | undefined)[]): string {
  return facts.filter((fact) => fact !== undefined).join(', ');
}

function transitionText({ from, to, pid, tries, exit, expected, spawnError }: ProcessTransition): string {
  const facts = [
    ...(exit === undefined ? [] : [`${exitWords(exit)}${expected ? ', expected' : ''}`]),
    // Of a run that ended it only says the exit code again, in other words.
    ...(spawnError === undefined || exit !== undefined ? [] : [spawnError]),
    ...(pid === undefined || exit !== undefined ? [] : [`pid ${pid}`]),
    ...(to === 'BACKOFF' && tries > 0 ? [`try ${tries}`] : []),
  ];
  return `${from} -> ${to}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function configChangedWords({ to, phase, problems, changes }: ConfigChanged): EventWords {
  const what = to === undefined ? 'its own config files' : `configuration ${to.generation}`;
  const groups =
    changes === undefined
      ? []
      : [
          ...changes.removed.map((group) => `-${group}`),
          ...changes.changed.map((group) => `~${group}`),
          ...changes.added.map((group) => `+${group}`),
        ];
  const facts = [...groups, ...problems.map(formatProblem)];
  const isBad = phase === 'rejected' || phase === 'failed' || phase === 'reverted';
  return ofHost(`${what}: ${phase}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`, isBad ? 'red' : undefined);
}

function commandDoneWords({ verb, targets, actor, outcome }: CommandDone): EventWords {
  const asked = [verb, ...targets].join(' ');
  return ofHost(`${asked}, asked by ${actor === '' ? 'somebody on the host' : actor}: ${outcome}`);
}

function ofProcess(process: ProcessName, text: string, colour: Colour | undefined): EventWords {
  return { subject: formatNamespec(process), text, colour };
}

function ofHost(text: string, colour?: Colour): EventWords {
  return { subject: '', text, colour };
}
