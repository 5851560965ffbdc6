/** `[fleet]`: our own section of the main file, which supervisord passes over. */

import type { FleetSpec } from '../daemon-specs.ts';
import { absolutePath, expandUser } from '../paths.ts';
import { bad, type Converted, good } from '../values/converted.ts';
import { inetAddress } from '../values/inet-address.ts';
import { stringList } from '../values/name.ts';
import { HOST_OPTIONS } from './known-options.ts';
import { OptionReader } from './option-reader.ts';
import { hostNames, type Reading } from './reading.ts';

const OPTIONS: readonly string[] = HOST_OPTIONS.fleet;
/** Names appear in host patterns, comma lists and selectors. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const NAME_ALLOWED = 'letters, digits, dots, hyphens and underscores';

export function readFleet(reading: Reading): FleetSpec | undefined {
  const section = reading.document.sections.get('fleet');
  if (section === undefined) return undefined;
  const { context, here } = reading;
  const options = new OptionReader(reading, section, { here, ...hostNames(context) });
  for (const [key, option] of section.options) {
    if (OPTIONS.includes(key)) continue;
    const message = `unknown option '${key}' in [fleet] is ignored; known are ${OPTIONS.join(', ')}`;
    reading.warnings.add(option.source, section.name, message);
  }
  const toPath = (text: string) => good(absolutePath(context.cwd, expandUser(text, context.homeOf)));
  return {
    controller: options.value('controller', undefined, controllerAddress),
    name: options.value('name', undefined, hostName),
    groups: options.value('groups', [], hostGroups),
    labels: options.value('labels', {}, hostLabels),
    dataDir: options.value('data_dir', undefined, toPath),
    source: section.source,
  };
}

/** HOST:PORT; IPv6 addresses stand in brackets. */
export function controllerAddress(text: string): Converted<{ readonly host: string; readonly port: number }> {
  const address = inetAddress(text);
  const allowed = 'HOST:PORT of the controller, such as fleet.example.com:7401';
  if (!address.ok) return bad(address.message, allowed);
  const host = address.value.host.replace(/^\[(.*)\]$/, '$1');
  return host === '' ? bad(`no host name in '${text}'`, allowed) : good({ host, port: address.value.port });
}

/** A name of a host in the fleet. */
export function hostName(text: string): Converted<string> {
  return NAME.test(text) ? good(text) : bad(`not a valid host name: '${text}'`, NAME_ALLOWED);
}

/** A comma list of host groups; each once. */
export function hostGroups(text: string): Converted<readonly string[]> {
  const names = stringList(text).filter((name) => name !== '');
  const wrong = names.find((name) => !NAME.test(name));
  return wrong === undefined ? good([...new Set(names)]) : bad(`not a valid host group: '${wrong}'`, NAME_ALLOWED);
}

/** A comma list of key=value. */
export function hostLabels(text: string): Converted<Readonly<Record<string, string>>> {
  const pairs: [string, string][] = [];
  for (const item of stringList(text)) {
    if (item === '') continue;
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(item) ?? [];
    const isLabel = key !== undefined && value !== undefined && NAME.test(key) && (value === '' || NAME.test(value));
    if (!isLabel) return bad(`not a valid label: '${item}'`, `key=value pairs with commas between, of ${NAME_ALLOWED}`);
    pairs.push([key, value]);
  }
  return good(Object.fromEntries(pairs));
}
