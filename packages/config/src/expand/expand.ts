/** `%(name)s` in option values: Python's `%` formatting with a mapping, and Supervisor's words when it fails. */

import { pythonRepr } from '../ini/python-text.ts';
import { formatConversion } from './format-conversion.ts';
import { readConversion } from './read-conversion.ts';

/** The names that may stand between `%(` and `)` at some place. */
export interface ExpansionScope {
  readonly names: Readonly<Record<string, string | number>>;
  /** Known as `ENV_X`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 'keep': an unknown `ENV_X` or host name belongs to another host and stays as it stands. */
  readonly unknownEnv: 'error' | 'keep';
}

export type Expanded =
  /** `isComplete` is false when something was kept: the text is not yet the value. */
  | { readonly ok: true; readonly text: string; readonly isComplete: boolean }
  | { readonly ok: false; readonly message: string; readonly allowed: string };

/** Expands a value. `place` is how Supervisor names it in errors: `program:x.command`. */
export function expand(format: string, scope: ExpansionScope, place: string): Expanded {
  if (!format.includes('%')) return { ok: true, text: format, isComplete: true };
  let text = '';
  let isComplete = true;
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf('%', at);
    if (percent === -1) {
      text += format.slice(at);
      break;
    }
    text += format.slice(at, percent);
    const conversion = readConversion(format, percent);
    if (!conversion.ok) return badlyFormatted(format, place, conversion.reason);
    at = conversion.end;
    if (conversion.kind === 'percent') {
      text += '%';
      continue;
    }
    const value = lookUp(scope, conversion.name);
    if (value !== undefined) {
      const formatted = formatConversion(conversion, value);
      if (!formatted.ok) return badlyFormatted(format, place, formatted.reason);
      text += formatted.text;
    } else if (mayBeKnownElsewhere(scope, conversion.name)) {
      text += format.slice(percent, at);
      isComplete = false;
    } else return unknownName(format, place, conversion.name, scope);
  }
  return { ok: true, text, isComplete };
}

function lookUp(scope: ExpansionScope, name: string): string | number | undefined {
  if (Object.hasOwn(scope.names, name)) return scope.names[name];
  if (!name.startsWith('ENV_')) return undefined;
  const variable = name.slice('ENV_'.length);
  return Object.hasOwn(scope.env, variable) ? scope.env[variable] : undefined;
}

function mayBeKnownElsewhere(scope: ExpansionScope, name: string): boolean {
  return scope.unknownEnv === 'keep' && (name.startsWith('ENV_') || name === 'host_node_name');
}

function badlyFormatted(format: string, place: string, reason: string): Expanded {
  return {
    ok: false,
    message: `Format string ${pythonRepr(format)} for ${pythonRepr(place)} is badly formatted: ${reason}`,
    allowed: '%(name)s, %(name)d and the like; %% for a percent sign',
  };
}

/** Supervisor lists every environment variable here; their names are nobody's business in a log. */
function unknownName(format: string, place: string, name: string, scope: ExpansionScope): Expanded {
  const known = [...Object.keys(scope.names).toSorted(), 'ENV_X for a variable X of the environment'].join(', ');
  return {
    ok: false,
    message:
      `Format string ${pythonRepr(format)} for ${pythonRepr(place)} contains names (${pythonRepr(name)}) ` +
      'which cannot be expanded',
    allowed: known,
  };
}
