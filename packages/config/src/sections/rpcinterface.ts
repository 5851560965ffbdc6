/** `[rpcinterface:x]`: which RPC interfaces clients find. */

import type { RpcInterfaceSpec } from '../daemon-specs.ts';
import { type IniSection, optionsOf } from '../ini/document.ts';
import { OptionReader } from './option-reader.ts';
import type { Reading } from './reading.ts';

const FACTORY = 'supervisor.rpcinterface_factory';
/** The one that makes the `supervisor.*` methods. */
export const MAIN_RPC_INTERFACE = 'supervisor.rpcinterface:make_main_rpcinterface';

export function readRpcInterfaces(reading: Reading): RpcInterfaceSpec[] {
  return [...reading.document.sections.values()]
    .filter(({ name }) => name.startsWith('rpcinterface:'))
    .map((section) => readRpcInterface(reading, section));
}

function readRpcInterface(reading: Reading, section: IniSection): RpcInterfaceSpec {
  const options = new OptionReader(reading, section);
  const factory = options.text(FACTORY) ?? '';
  if (options.raw(FACTORY) === undefined) {
    const message = `section [${section.name}] does not specify a ${FACTORY}`;
    options.refuse(FACTORY, message, MAIN_RPC_INTERFACE);
  } else if (factory !== MAIN_RPC_INTERFACE) {
    // A host must not lose its supervisor for a Python plugin that only adds methods.
    const message = `${factory} cannot be resolved within [${section.name}]: Python plugins are not loaded, it is ignored`;
    reading.warnings.add(section.source, section.name, message);
  }
  const keys = [...optionsOf(reading.document, section).keys()].filter((key) => key !== FACTORY);
  return {
    name: section.name.slice('rpcinterface:'.length),
    factory,
    options: Object.fromEntries(keys.map((key) => [key, options.text(key) ?? ''])),
    source: section.source,
  };
}
