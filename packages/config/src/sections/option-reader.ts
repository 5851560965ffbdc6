/** Reads the options of one section: looks up, expands, converts, and notes every problem with its place. */

import { type ExpansionScope, expand } from '../expand/expand.ts';
import { type IniOption, type IniSection, optionOf } from '../ini/document.ts';
import type { Converter } from '../values/converted.ts';
import { type ExpansionNames, type Reading, scopeWith } from './reading.ts';

export class OptionReader {
  readonly #reading: Reading;
  readonly #section: IniSection;
  readonly #scope: ExpansionScope;

  constructor(reading: Reading, section: IniSection, names: ExpansionNames = {}) {
    this.#reading = reading;
    this.#section = section;
    this.#scope = scopeWith(reading, names);
  }

  /** As written. */
  raw(key: string): IniOption | undefined {
    return optionOf(this.#reading.document, this.#section, key);
  }

  /** Expanded; undefined when the option is not there, or wrong. */
  text(key: string): string | undefined {
    const option = this.raw(key);
    return option === undefined ? undefined : this.#expanded(key, option, this.#scope)?.text;
  }

  /** The value, or the fallback when the option is not there, wrong, or not known here (`unknownEnv: 'keep'`). */
  value<T, F = T>(key: string, fallback: F, convert: Converter<T>): T | F {
    const option = this.raw(key);
    if (option === undefined) return fallback;
    const expanded = this.#expanded(key, option, this.#scope);
    return expanded?.isComplete ? this.convert(key, expanded.text, fallback, convert) : fallback;
  }

  /** A text that must be checked but is kept as it stands where it is not known here. */
  checkedText(key: string, convert: Converter<string>): string | undefined {
    const option = this.raw(key);
    if (option === undefined) return undefined;
    const expanded = this.#expanded(key, option, this.#scope);
    if (expanded === undefined || !expanded.isComplete) return expanded?.text;
    return this.convert(key, expanded.text, undefined, convert);
  }

  /** For options whose names are known later than those of the section. */
  expanded(key: string, option: IniOption, scope: ExpansionScope, place: string = key): string | undefined {
    return this.#expanded(key, option, scope, place)?.text;
  }

  convert<T, F>(key: string | undefined, text: string, fallback: F, convert: Converter<T>): T | F {
    const converted = convert(text);
    if (converted.ok) return converted.value;
    this.refuse(key, converted.message, converted.allowed);
    return fallback;
  }

  /** Notes a problem with the option, or with the section where it is missing. */
  refuse(key: string | undefined, message: string, allowed?: string): void {
    const source = (key === undefined ? undefined : this.raw(key)?.source) ?? this.#section.source;
    this.#reading.problems.add({ ...source, section: this.#section.name, option: key, message, allowed });
  }

  #expanded(key: string, option: IniOption, scope: ExpansionScope, place = `${this.#section.name}.${key}`) {
    const expanded = expand(option.value, scope, place);
    if (expanded.ok) return expanded;
    const { message, allowed } = expanded;
    this.#reading.problems.add({ ...option.source, section: this.#section.name, option: key, message, allowed });
    return undefined;
  }
}
