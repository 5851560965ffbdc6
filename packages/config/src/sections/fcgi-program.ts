/** What an `[fcgi-program:x]` has beyond a program: its socket. */

import { absolutePath, expandUser, isAbsolute } from '../paths.ts';
import type { FcgiSocketSpec } from '../specs.ts';
import { bad, type Converted, good } from '../values/converted.ts';
import { portNumber } from '../values/inet-address.ts';
import { integer, octalNamed } from '../values/integer.ts';
import { userAndGroup, userName } from '../values/user.ts';
import { OptionReader } from './option-reader.ts';
import type { ProgramSection } from './program.ts';
import type { Reading } from './reading.ts';

const FORMS = 'unix:///absolute/path or tcp://host:port';
const BACKLOG_MAX = 65535;

/** undefined when the section names no socket, which is then a problem. */
export function readFcgiSocket(reading: Reading, program: ProgramSection): FcgiSocketSpec | undefined {
  const { context, here } = reading;
  const options = new OptionReader(reading, program.section, { here });
  options.checkedText('user', userName(context));
  const backlog = options.value('socket_backlog', undefined, socketBacklog);
  const owner = options.checkedText('socket_owner', userAndGroup(context, 'Invalid socket_owner value'));
  const mode = options.value('socket_mode', undefined, octalNamed('Invalid socket_mode value'));

  const withProgramName = new OptionReader(reading, program.section, { here, program_name: program.name });
  const written = withProgramName.raw('socket');
  if (written === undefined || written.value === '') {
    withProgramName.refuse('socket', `[${program.section.name}] section requires a "socket" line`, FORMS);
    return undefined;
  }
  const unknown: SocketPlace = { kind: 'unix', url: written.value, path: written.value };
  const place = withProgramName.value('socket', unknown, (text) => socketPlace(reading, text));
  if (place.kind === 'unix') return { ...place, mode: mode ?? 0o700, owner, backlog };
  for (const key of ['socket_owner', 'socket_mode']) {
    if (options.raw(key) === undefined) continue;
    const message = 'socket_owner and socket_mode params should only be used with a Unix domain socket';
    options.refuse(key, message, 'socket = unix:///absolute/path');
  }
  return { ...place, backlog };
}

type SocketPlace =
  | { readonly kind: 'unix'; readonly url: string; readonly path: string }
  | { readonly kind: 'tcp'; readonly url: string; readonly host: string; readonly port: number };

function socketPlace({ context }: Reading, text: string): Converted<SocketPlace> {
  if (text.startsWith('unix://')) {
    const written = text.slice('unix://'.length);
    if (!isAbsolute(written)) return bad(`Unix socket path ${written} is not an absolute path`, FORMS);
    const path = absolutePath(context.cwd, expandUser(written, context.homeOf));
    return good({ kind: 'unix', url: `unix://${path}`, path });
  }
  const [, writtenHost, writtenPort] = /^tcp:\/\/([^\s:]+):(\d+)$/.exec(text) ?? [];
  if (writtenHost === undefined || writtenPort === undefined) return bad(`Bad socket format ${text}`, FORMS);
  const port = portNumber(writtenPort);
  if (!port.ok) return port;
  const host = writtenHost.toLowerCase();
  return good({ kind: 'tcp', url: `tcp://${host}:${port.value}`, host, port: port.value });
}

function socketBacklog(text: string): Converted<number> {
  const value = integer(text);
  if (!value.ok || (value.value >= 1 && value.value <= BACKLOG_MAX)) return value;
  return bad(`Invalid socket_backlog value ${value.value}`, `1..${BACKLOG_MAX}`);
}
