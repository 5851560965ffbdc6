/** Sections and options with the places they come from. Knows no section by name but DEFAULT. */

import type { Source } from '../specs.ts';

export interface IniOption {
  readonly value: string;
  readonly source: Source;
}

/** A section that occurs several times, also in several files, is one: the place is that of the first. */
export interface IniSection {
  readonly name: string;
  readonly source: Source;
  /** By lower-cased key; the last of several wins. */
  readonly options: Map<string, IniOption>;
}

export interface IniDocument {
  readonly sections: Map<string, IniSection>;
  /** Of `[DEFAULT]`: every section has these unless it says otherwise. */
  readonly defaults: Map<string, IniOption>;
  /** Where the first `[DEFAULT]` is. */
  defaultsSource: Source | undefined;
}

export function emptyDocument(): IniDocument {
  return { sections: new Map(), defaults: new Map(), defaultsSource: undefined };
}

/** The option as seen from a section, `[DEFAULT]` included. */
export function optionOf(document: IniDocument, section: IniSection, key: string): IniOption | undefined {
  return section.options.get(key) ?? document.defaults.get(key);
}

/** All options a section sees, `[DEFAULT]` first. */
export function optionsOf(document: IniDocument, section: IniSection): Map<string, IniOption> {
  return new Map([...document.defaults, ...section.options]);
}
