/**
 * What one output stream of one run passes through on its way to its log: put together once, when the run starts, of no
 * more than its options ask for. On the plain path there is nothing between the reader and the file.
 */
import type { LogSpec, ProgramKind } from '@fleetvisor/config';
import { strippingAnsi } from './ansi.ts';
import { capturing } from './captured-messages.ts';
import type { LastBytes } from './last-bytes.ts';
import type { MainLogWriter } from './main-log.ts';
import { capturedLine, listenerLine, outputLine } from './output-echo.ts';
import type { OutputEvents, OutputSource } from './output-events.ts';
import { before, type Listener, overheard, type SavedSteps, type StreamSink } from './stream-sink.ts';
import { type SyslogPort, syslogLines } from './syslog-lines.ts';

/** Who hears of output besides the log files. */
export interface OutputAudience {
  readonly events: OutputEvents;
  /** Gets a copy of all output while it is at level debug or below. */
  readonly mainLog: MainLogWriter;
  /** The system's log: asked for when the first stream needs it. @throws FleetError `unavailable` */
  readonly syslog: () => SyslogPort;
}

export interface ChainLink {
  readonly source: OutputSource;
  readonly kind: ProgramKind;
  readonly log: LogSpec;
  readonly stripAnsi: boolean;
  /** Also gets the output, as it goes to the log. */
  readonly last: LastBytes | undefined;
  /** Where an earlier life of the agent was in the stream. */
  readonly saved?: SavedSteps | undefined;
}

/** @param file the end of the chain; it is closed with it */
export function outputChain(file: StreamSink, link: ChainLink, audience: Partial<OutputAudience>): StreamSink {
  const isListener = link.kind === 'eventlistener' && link.source.channel === 'stdout';
  return isListener ? listenerChain(file, link, audience) : programChain(file, link, audience);
}

/** The protocol is read as it was written; what `strip_ansi` and the like make of it is for the log alone. */
function listenerChain(
  file: StreamSink,
  { source, stripAnsi, last, saved }: ChainLink,
  { events, mainLog }: Partial<OutputAudience>,
): StreamSink {
  const log = remembered(file, last);
  const echo = echoTo(mainLog, (chunk) => listenerLine(source.process.name, chunk));
  return overheard(stripAnsi ? strippingAnsi(log, saved) : log, present([echo, events?.listens(source)]));
}

function programChain(file: StreamSink, link: ChainLink, audience: Partial<OutputAudience>): StreamSink {
  const { source, log: spec, stripAnsi, last, saved } = link;
  const { events, mainLog } = audience;
  const { name } = source.process;
  const log = remembered(spec.syslog ? alsoToSyslog(file, name, audience.syslog?.(), saved) : file, last);
  const echo = echoTo(mainLog, (chunk) => outputLine(name, source.channel, chunk));
  const written: Listener | undefined =
    spec.eventsEnabled && events !== undefined ? (chunk) => events.written(source, chunk) : undefined;
  const hearers = present([echo, written]);
  const heard = overheard(log, hearers);
  const output = stripAnsi ? strippingAnsi(heard, saved) : heard;
  if (spec.captureMaxBytes <= 0) return output;
  const capture = {
    bytesMax: spec.captureMaxBytes,
    stripAnsi,
    // A message is output too for whoever listens to output (trap 64), though not for the log.
    onPiece: (chunk: Uint8Array) => {
      for (const hear of hearers) hear(chunk);
    },
    onMessage: (message: Uint8Array) => {
      events?.captured(source, message);
      mainLog?.log('debug', capturedLine(name, source.channel));
    },
  };
  return capturing(output, log, capture, saved);
}

function remembered(next: StreamSink, last: LastBytes | undefined): StreamSink {
  return last === undefined ? next : overheard(next, [(chunk) => last.add(chunk)]);
}

function alsoToSyslog(
  file: StreamSink,
  name: string,
  syslog: SyslogPort | undefined,
  saved: SavedSteps | undefined,
): StreamSink {
  if (syslog === undefined) return file;
  const lines = syslogLines(name, syslog, saved);
  return before(
    file,
    (chunk) => {
      file.write(chunk);
      lines.write(chunk);
    },
    () => lines.close(),
    lines.saved,
  );
}

/** Decided when the run starts, as in Supervisor: a plain run costs nothing for it. */
function echoTo(mainLog: MainLogWriter | undefined, line: (chunk: Uint8Array) => string): Listener | undefined {
  if (mainLog === undefined || !mainLog.isLogged('debug')) return undefined;
  return (chunk) => mainLog.log('debug', line(chunk));
}

function present(listeners: readonly (Listener | undefined)[]): readonly Listener[] {
  return listeners.filter((listener) => listener !== undefined);
}
