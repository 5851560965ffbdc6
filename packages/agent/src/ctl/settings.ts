/** Which server, as whom: the command line over the config file over the defaults. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ConfigProblem, type CtlSpec, parseClientConfig } from '@fleetvisor/config';
import type { CtlOptions } from './arguments.ts';
import type { CtlWorld } from './world.ts';

const DEFAULTS: CtlSpec = {
  serverurl: 'http://localhost:9001',
  username: undefined,
  password: undefined,
  prompt: 'supervisor',
  historyFile: undefined,
};

export type CtlSettings =
  | { readonly ok: true; readonly spec: CtlSpec }
  /** One line for each problem. */
  | { readonly ok: false; readonly message: string };

type Host = Pick<CtlWorld, 'env' | 'cwd' | 'homeOf' | 'installFolder'>;

export function readSettings(options: CtlOptions, host: Host): CtlSettings {
  const file = options.configuration ?? findConfig(host);
  const read = file === undefined || file === '' ? { ok: true as const, spec: DEFAULTS } : readConfig(file, host);
  if (!read.ok) return read;
  const { spec } = read;
  return {
    ok: true,
    spec: {
      serverurl: options.serverurl ?? spec.serverurl,
      username: options.username ?? spec.username,
      password: options.password ?? spec.password,
      prompt: spec.prompt,
      historyFile: options.historyFile === undefined ? spec.historyFile : resolve(host.cwd, options.historyFile),
    },
  };
}

/** The first of the known places where there is a file. */
function findConfig({ cwd, installFolder }: Host): string | undefined {
  const places = [
    join(installFolder, 'etc/supervisord.conf'),
    join(installFolder, 'supervisord.conf'),
    'supervisord.conf',
    'etc/supervisord.conf',
    '/etc/supervisord.conf',
    '/etc/supervisor/supervisord.conf',
  ];
  return places.find((place) => existsSync(resolve(cwd, place)));
}

function readConfig(file: string, host: Host): CtlSettings {
  const path = resolve(host.cwd, file);
  if (!existsSync(path)) return { ok: false, message: `could not find config file ${file}` };
  let text: Buffer;
  try {
    text = readFileSync(path);
  } catch {
    // Supervisor's words, which do not say why: no permission, or a folder.
    return { ok: false, message: `could not read config file ${file}` };
  }
  const parsed = parseClientConfig({ file, text }, host);
  if (!parsed.ok) return { ok: false, message: parsed.problems.map(shown).join('\n') };
  return { ok: true, spec: parsed.ctl };
}

function shown({ file, line, message }: ConfigProblem): string {
  return line > 0 ? `${message} (${file}, line ${line})` : message;
}
