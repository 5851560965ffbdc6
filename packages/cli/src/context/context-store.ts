/**
 * The contexts file: which controllers there are by name, and which is current. Sections `[context NAME]`, and
 * `current=NAME` before them.
 */
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { parse } from 'ini';
import { parseAddress } from '../parse-value.ts';

/** The contexts file as it is used; text in, text out. */
export interface ContextFile {
  readonly path: string;
  /** undefined where there is no file. */
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

export interface Contexts {
  readonly current: string | undefined;
  /** Addresses by name of context. */
  readonly controllers: ReadonlyMap<string, string>;
}

const sectionPrefix = 'context ';
/** Blank, a comment, a section, or a setting; a character that was not UTF-8 is in none of them. */
const linePattern = /^\s*(?:[;#].*|\[[^\]]+\]\s*|[A-Za-z][\w-]*\s*=[^\p{Cc}\ufffd]*)?$/u;
const namePattern = /^[A-Za-z0-9_-]+$/;

export class ContextStore {
  readonly #file: ContextFile;
  readonly #isRequired: boolean;

  /** @param isRequired whether somebody said that the file is there. */
  constructor(file: ContextFile, isRequired: boolean) {
    this.#file = file;
    this.#isRequired = isRequired;
  }

  get path(): string {
    return this.#file.path;
  }

  /** @throws FleetError `invalid` naming the file and what is wrong with it. */
  async load(): Promise<Contexts> {
    return parseContexts(await this.#read(), this.path);
  }

  /** @throws FleetError `not_found` with the names there are. */
  async use(name: string): Promise<void> {
    const { controllers } = await this.load();
    requireContext(controllers, name, this.path);
    await this.#file.write(withCurrent(await this.#read(), name));
  }

  async #read(): Promise<string> {
    const text = await this.#file.read();
    if (text === undefined && this.#isRequired) {
      throw new FleetError('invalid', `FLEETCTL_CONFIG names ${this.path}, which is not there: mend or unset it`);
    }
    return text ?? '';
  }
}

export function parseContexts(text: string, path: string): Contexts {
  checkLines(text, path);
  const controllers = new Map<string, string>();
  const content: Record<string, unknown> = parse(text);
  for (const [section, fields] of Object.entries(content)) {
    if (typeof fields !== 'object' || fields === null) {
      if (section === 'current') continue;
      throw unusable(path, `'${section}' stands before the first [context NAME]; only 'current' may`);
    }
    const name = section.startsWith(sectionPrefix) ? section.slice(sectionPrefix.length).trim() : '';
    if (!namePattern.test(name)) {
      throw unusable(path, `section [${section}] is not [context NAME] with a NAME of letters, digits, '-' and '_'`);
    }
    controllers.set(name, controllerOf(name, fields, path));
  }
  const current = content.current;
  return { current: typeof current === 'string' && current !== '' ? current : undefined, controllers };
}

/** A file that is not what it should be must not come to mean the controller on this machine: that may be another fleet. */
function checkLines(text: string, path: string): void {
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (!linePattern.test(line)) throw unusable(path, `line ${i + 1} is neither [context NAME] nor KEY=VALUE`);
  }
}

function unusable(path: string, why: string, cause?: unknown): FleetError {
  return new FleetError(
    'invalid',
    `cannot use the contexts file ${path}: ${why}; mend or remove it, or name the controller with --controller HOST:PORT`,
    { path },
    { cause },
  );
}

/** @throws FleetError `not_found` with the names there are. */
export function requireContext(controllers: ReadonlyMap<string, string>, name: string, path: string): string {
  const controller = controllers.get(name);
  if (controller !== undefined) return controller;
  const names = [...controllers.keys()].sort().join(', ');
  const known = names === '' ? 'there is none in it' : `there are ${names}`;
  throw new FleetError('not_found', `no context '${name}' in ${path}: ${known}`);
}

/** Changes the one line, so that comments and order stay. */
export function withCurrent(text: string, name: string): string {
  const lines = text.split('\n');
  const firstSection = lines.findIndex((line) => line.trim().startsWith('['));
  const head = firstSection === -1 ? lines : lines.slice(0, firstSection);
  const at = head.findIndex((line) => /^\s*current\s*=/.test(line));
  if (at === -1) return [`current=${name}`, ...lines].join('\n');
  return lines.with(at, `current=${name}`).join('\n');
}

function controllerOf(name: string, fields: object, path: string): string {
  const controller: unknown = 'controller' in fields ? fields.controller : undefined;
  if (typeof controller !== 'string') {
    throw unusable(path, `[context ${name}] has no controller=HOST:PORT`);
  }
  try {
    return parseAddress(controller);
  } catch (thrown) {
    throw unusable(path, `[context ${name}] controller: ${messageOf(thrown)}`, thrown);
  }
}
