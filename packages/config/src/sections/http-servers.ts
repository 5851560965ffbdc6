/** `[unix_http_server]` and `[inet_http_server]`, plain or with a name after a colon. */

import type { HttpServerSpec } from '../daemon-specs.ts';
import type { IniSection } from '../ini/document.ts';
import { strip } from '../ini/python-text.ts';
import { absolutePath, expandUser } from '../paths.ts';
import { good } from '../values/converted.ts';
import { inetAddress } from '../values/inet-address.ts';
import { octalNamed } from '../values/integer.ts';
import { userAndGroup } from '../values/user.ts';
import { OptionReader } from './option-reader.ts';
import type { Reading } from './reading.ts';

/** Any section whose name begins with those words counts; inet servers come first. */
export function readHttpServers(reading: Reading): HttpServerSpec[] {
  const sections = [...reading.document.sections.values()];
  const inet = sections.filter(({ name }) => name.startsWith('inet_http_server'));
  const unix = sections.filter(({ name }) => name.startsWith('unix_http_server'));
  return [...inet.map((section) => readInet(reading, section)), ...unix.map((section) => readUnix(reading, section))];
}

function readInet(reading: Reading, section: IniSection): HttpServerSpec {
  const options = new OptionReader(reading, section);
  const credentials = readCredentials(options, section);
  if (options.raw('port') === undefined) {
    options.refuse('port', `section [${section.name}] has no port value`, '[HOST:]PORT');
  }
  const address = options.value('port', { host: '', port: 0 }, inetAddress);
  return { kind: 'inet', ...common(section), ...credentials, ...address };
}

function readUnix(reading: Reading, section: IniSection): HttpServerSpec {
  const { context, here } = reading;
  const options = new OptionReader(reading, section);
  const credentials = readCredentials(options, section);
  // `file` alone also knows `here`.
  const file = new OptionReader(reading, section, { here });
  if (file.raw('file') === undefined) {
    file.refuse('file', `section [${section.name}] has no file value`, 'the path of a socket');
  }
  const toPath = (text: string) => good(absolutePath(context.cwd, expandUser(strip(text), context.homeOf)));
  return {
    kind: 'unix',
    ...common(section),
    ...credentials,
    path: file.value('file', '', toPath),
    mode: options.value('chmod', 0o700, octalNamed('Invalid chmod value')),
    owner: options.checkedText('chown', userAndGroup(context, 'Invalid sockchown value')),
  };
}

function common(section: IniSection) {
  const colon = section.name.indexOf(':');
  const name = colon === -1 ? undefined : section.name.slice(colon + 1);
  return { name, section: section.name, source: section.source };
}

function readCredentials(options: OptionReader, section: IniSection) {
  const hasUsername = options.raw('username') !== undefined;
  const hasPassword = options.raw('password') !== undefined;
  if (hasUsername !== hasPassword) {
    options.refuse(
      hasUsername ? 'password' : 'username',
      `Section [${section.name}] contains incomplete authentication: If a username or a password is specified, both ` +
        'the username and password must be specified',
    );
  }
  return { username: options.text('username'), password: options.text('password') };
}

/** For SUPERVISOR_SERVER_URL: the first unix server, else the last inet one, as Supervisor picks them. */
export function childServerUrl(servers: readonly HttpServerSpec[]): string | undefined {
  const unix = servers.find((server) => server.kind === 'unix');
  if (unix !== undefined) return `unix://${unix.path}`;
  const inet = servers.findLast((server) => server.kind === 'inet');
  return inet === undefined ? undefined : `http://${inet.host === '' ? 'localhost' : inet.host}:${inet.port}`;
}
