/** The methods that read logs: a range or the last bytes, of the daemon's own log or of a process's. */
import { assertNever } from '@fleetvisor/primitives';
import { readLogRange, tailLog } from '../../logs/read-range.ts';
import type { Daemon } from '../daemon.ts';
import { XmlRpcFault } from '../xmlrpc/fault.ts';
import { method, type XmlRpcMethod } from '../xmlrpc/method.ts';
import type { XmlRpcValue } from '../xmlrpc/value.ts';
import { cappedInt } from './capped-int.ts';
import { namedProcess } from './named-target.ts';
import { length, name, offset } from './parameters.ts';
import { shownLogfile } from './shown-logfile.ts';

type OutputStream = 'stdout' | 'stderr';

export function readLogMethods(daemon: Daemon): readonly XmlRpcMethod[] {
  return [
    method({
      name: 'supervisor.readLog',
      parameters: [offset, length],
      returns: 'string',
      help: `Reads from the log of the daemon itself. ${aboutRange} Faults: NO_FILE, BAD_ARGUMENTS, FAILED.`,
      call: (from, bytes) => {
        const path = daemon.mainLog.path();
        return read({ path, shown: path ?? 'syslog' }, from, bytes);
      },
    }),
    readProcessLog(daemon, 'supervisor.readProcessStdoutLog', 'stdout'),
    readProcessLog(daemon, 'supervisor.readProcessStderrLog', 'stderr'),
    tailProcessLog(daemon, 'supervisor.tailProcessStdoutLog', 'stdout'),
    tailProcessLog(daemon, 'supervisor.tailProcessStderrLog', 'stderr'),
  ];
}

const aboutRange =
  'Gives "length" bytes from "offset" on, with length 0 all from there to the end, and with a negative offset and length 0 ' +
  'that many of the last bytes. Bytes that are not UTF-8 are shown as the replacement character.';

function readProcessLog(daemon: Daemon, methodName: string, stream: OutputStream): XmlRpcMethod {
  return method({
    name: methodName,
    parameters: [name, offset, length],
    returns: 'string',
    help: `Reads from the ${stream} log of a process. ${aboutRange} Faults: BAD_NAME, NO_FILE, BAD_ARGUMENTS, FAILED.`,
    call: (namespec, from, bytes) => read(logOf(daemon, namespec, stream), from, bytes),
  });
}

function tailProcessLog(daemon: Daemon, methodName: string, stream: OutputStream): XmlRpcMethod {
  return method({
    name: methodName,
    parameters: [name, offset, length],
    returns: 'array',
    help:
      `Answers [text, offset, overflow]: at most "length" of the last bytes of the ${stream} log of a process, the size ` +
      'of the log, and whether it has grown beyond "offset" and "length" taken together. Without a log the text is ' +
      'empty. Fault: BAD_NAME.',
    call: (namespec, from, bytes) => tail(logOf(daemon, namespec, stream), from, bytes),
  });
}

interface FoundLog {
  /** undefined when there is no file. */
  readonly path: string | undefined;
  /** The same as the config has it. */
  readonly shown: string | undefined;
}

/** @throws XmlRpcFault BAD_NAME */
function logOf(daemon: Daemon, namespec: string, stream: OutputStream): FoundLog {
  const process = namedProcess(daemon.supervisor, namespec);
  const spec = daemon.supervisor.spec(process);
  if (spec === undefined) throw new XmlRpcFault('BAD_NAME', namespec);
  daemon.supervisor.collectOutput(process);
  return { path: daemon.logs.pathOf(spec, stream), shown: shownLogfile(daemon.logs, spec, stream) };
}

function read({ path, shown }: FoundLog, from: number, bytes: number): string {
  if (path === undefined) throw new XmlRpcFault('NO_FILE', shown);
  const range = readLogRange(path, from, bytes);
  switch (range.kind) {
    case 'read':
      return asText(range.bytes);
    case 'no-file':
      throw new XmlRpcFault('NO_FILE', shown);
    case 'bad-arguments':
      throw new XmlRpcFault('BAD_ARGUMENTS');
    case 'failed':
      throw new XmlRpcFault('FAILED', range.reason);
    default:
      return assertNever(range);
  }
}

function tail({ path }: FoundLog, from: number, bytes: number): readonly XmlRpcValue[] {
  if (path === undefined) return ['', 0, false];
  const { bytes: last, offset: size, overflow } = tailLog(path, from, bytes);
  return [asText(last), cappedInt(size), overflow];
}

/** Unlike a TextDecoder, leaves a byte order mark where it stands. */
function asText({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}
