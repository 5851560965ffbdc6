/** Which process groups a document makes, of which programs, and in what order. */

import type { IniSection } from '../ini/document.ts';
import type { FcgiSocketSpec, ProcessGroupSpec, ProcessSpec, ProgramKind } from '../specs.ts';
import { byText } from '../text-order.ts';
import { integer } from '../values/integer.ts';
import { processOrGroupName, stringList } from '../values/name.ts';
import { readListenerOptions } from './eventlistener.ts';
import { readFcgiSocket } from './fcgi-program.ts';
import { OptionReader } from './option-reader.ts';
import { readProcesses } from './processes.ts';
import type { ProgramSection } from './program.ts';
import type { Reading } from './reading.ts';

/** Listeners start first and stop last. */
const DEFAULT_PRIORITY = { group: 999, program: 999, 'fcgi-program': 999, eventlistener: -1 } as const;

/** By (priority, name); kinds that are equal in both come as group, program, eventlistener, fcgi-program. */
export function readProcessGroups(
  reading: Reading,
  daemonEnvironment: Readonly<Record<string, string>>,
): ProcessGroupSpec[] {
  return new GroupsReader(reading, daemonEnvironment).read().toSorted(byPriorityAndName);
}

/** Supervisor's order of groups. */
export function byPriorityAndName(a: ProcessGroupSpec, b: ProcessGroupSpec): number {
  return a.priority - b.priority || byText(a.name, b.name);
}

class GroupsReader {
  readonly #reading: Reading;
  readonly #daemonEnvironment: Readonly<Record<string, string>>;
  /** Sections listed in a `[group:x]`: they form no group of their own. */
  readonly #listed = new Set<string>();

  constructor(reading: Reading, daemonEnvironment: Readonly<Record<string, string>>) {
    this.#reading = reading;
    this.#daemonEnvironment = daemonEnvironment;
  }

  read(): ProcessGroupSpec[] {
    return [
      ...this.#sections('group').map((section) => this.#heterogeneous(section)),
      ...this.#unlisted('program').map((program) => this.#homogeneous(program)),
      ...this.#sections('eventlistener').map((section) => this.#listeners(this.#program('eventlistener', section))),
      ...this.#unlisted('fcgi-program').flatMap((program) => this.#fcgi(program)),
    ];
  }

  #heterogeneous(section: IniSection): ProcessGroupSpec {
    const name = this.#nameOf(section);
    const options = new OptionReader(this.#reading, section, { here: this.#reading.here });
    const base = this.#base('group', section);
    const processes = stringList(options.text('programs') ?? '').flatMap((program) =>
      this.#member(options, section, program, name),
    );
    return { ...base, name, kind: 'group', processes };
  }

  #member(options: OptionReader, section: IniSection, program: string, group: string): ProcessSpec[] {
    const { sections } = this.#reading.document;
    const plain = sections.get(`program:${program}`);
    const fcgi = sections.get(`fcgi-program:${program}`);
    if (plain !== undefined && fcgi !== undefined) {
      const message = `[${section.name}] name ${program} is ambiguous (exists as program and fcgi-program)`;
      options.refuse('programs', message, 'programs whose name is used once');
      return [];
    }
    const member = plain ?? fcgi;
    if (member === undefined) {
      const message = `[${section.name}] names unknown program or fcgi-program ${program}`;
      options.refuse('programs', message, 'names of [program:x] and [fcgi-program:x] sections');
      return [];
    }
    this.#listed.add(member.name);
    const listed = this.#program(plain === undefined ? 'fcgi-program' : 'program', member);
    // Supervisor drops the socket here, although its changelog promises support: a fault we do not repeat.
    const socket = listed.kind === 'fcgi-program' ? readFcgiSocket(this.#reading, listed) : undefined;
    return this.#processes(listed, group, socket);
  }

  #homogeneous(program: ProgramSection): ProcessGroupSpec {
    const kind = 'program';
    const base = this.#base(kind, program.section);
    return { ...base, name: program.name, kind, processes: this.#processes(program, program.name, undefined) };
  }

  #listeners(program: ProgramSection): ProcessGroupSpec {
    const kind = 'eventlistener';
    const base = this.#base(kind, program.section);
    const options = readListenerOptions(this.#reading, program);
    const processes = this.#processes(program, program.name, undefined);
    return { ...base, ...options, name: program.name, kind, processes };
  }

  #fcgi(program: ProgramSection): ProcessGroupSpec[] {
    const kind = 'fcgi-program';
    const base = this.#base(kind, program.section);
    const socket = readFcgiSocket(this.#reading, program);
    const processes = this.#processes(program, program.name, socket);
    return socket === undefined ? [] : [{ ...base, name: program.name, kind, processes, socket }];
  }

  #processes(program: ProgramSection, group: string, fcgiSocket: FcgiSocketSpec | undefined): ProcessSpec[] {
    const daemonEnvironment = this.#daemonEnvironment;
    return readProcesses(this.#reading, { program, group, fcgiSocket, daemonEnvironment });
  }

  /** Before the processes: Supervisor reads `priority` for the group first, where fewer names are known. */
  #base(kind: keyof typeof DEFAULT_PRIORITY, section: IniSection) {
    const options = new OptionReader(this.#reading, section, { here: this.#reading.here });
    return { priority: options.value('priority', DEFAULT_PRIORITY[kind], integer), source: section.source };
  }

  #unlisted(kind: ProgramKind): ProgramSection[] {
    return this.#sections(kind)
      .filter(({ name }) => !this.#listed.has(name))
      .map((section) => this.#program(kind, section));
  }

  #program(kind: ProgramKind, section: IniSection): ProgramSection {
    return { section, kind, name: this.#nameOf(section) };
  }

  #sections(kind: string): IniSection[] {
    return [...this.#reading.document.sections.values()].filter(({ name }) => name.startsWith(`${kind}:`));
  }

  /** `x` of `[program:x]`. */
  #nameOf(section: IniSection): string {
    const written = section.name.slice(section.name.indexOf(':') + 1);
    const options = new OptionReader(this.#reading, section);
    return options.convert(undefined, written, written, processOrGroupName);
  }
}
