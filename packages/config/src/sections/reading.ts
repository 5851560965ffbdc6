/** What the readers of sections share while one config is read: the document, the host, and what was found wrong. */

import type { ConfigWarning } from '../daemon-specs.ts';
import type { ExpansionScope } from '../expand/expand.ts';
import type { IniDocument } from '../ini/document.ts';
import type { ParseContext } from '../parse-context.ts';
import type { ProblemList } from '../problem.ts';
import type { Source } from '../specs.ts';

export interface Reading {
  readonly document: IniDocument;
  readonly context: ParseContext;
  /** Folder of the main file. */
  readonly here: string;
  /** What `ENV_X` knows: the daemon's environment, and from `[supervisord] environment` once that is read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly problems: ProblemList;
  readonly warnings: WarningList;
}

/** Each warning once: Supervisor repeats those of a program for each of its processes. */
export class WarningList {
  readonly #byText = new Map<string, ConfigWarning>();

  add(source: Source, section: string, message: string): void {
    const key = JSON.stringify([source.file, source.line, section, message]);
    if (!this.#byText.has(key)) this.#byText.set(key, { ...source, section, message });
  }

  all(): readonly ConfigWarning[] {
    return [...this.#byText.values()];
  }
}

export type ExpansionNames = Readonly<Record<string, string | number>>;

export function scopeWith(reading: Reading, names: ExpansionNames): ExpansionScope {
  return { names, env: reading.env, unknownEnv: reading.context.unknownEnv };
}

/** `host_node_name` where the host is known. */
export function hostNames(context: ParseContext): ExpansionNames {
  return context.hostNodeName === undefined ? {} : { host_node_name: context.hostNodeName };
}
