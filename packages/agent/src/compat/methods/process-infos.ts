/**
 * The info struct of every process as XML, kept from one request to the next: of a process that has not changed, only the
 * time and the uptime are new. So 1000 processes are answered in a few milliseconds, also by an engine that never optimises.
 */
import type { Instant } from '@fleetvisor/primitives';
import { formatUptime } from '../../supervision/describe.ts';
import type { ProcessName } from '../../supervision/status.ts';
import type { Daemon } from '../daemon.ts';
import { renderArray } from '../xmlrpc/render-value.ts';
import { XmlFragment } from '../xmlrpc/value.ts';
import { cappedInt } from './capped-int.ts';
import { type InfoXml, infoXml, infoXmlEnd } from './info-xml.ts';
import { shownLogfile } from './shown-logfile.ts';

interface Entry {
  readonly process: ProcessName;
  /** undefined: to be made anew when somebody asks. */
  info: InfoXml | undefined;
}

/** The time of one answer, and what it makes of the end of every struct in it. */
interface Moment {
  readonly now: Instant;
  readonly end: string;
}

/** Follows a supervisor for as long as that lives: one serves all requests. */
export class ProcessInfos {
  readonly #daemon: Daemon;
  readonly #entries = new Map<string, Entry>();
  /** By group, then name; undefined when one has come or gone. */
  #sorted: readonly Entry[] | undefined;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
    for (const process of daemon.supervisor.processNames()) this.#renew(process);
    daemon.supervisor.subscribe({
      statusChanged: (process) => this.#renew(process),
      processRemoved: (process) => {
        this.#entries.delete(keyOf(process));
        this.#sorted = undefined;
      },
    });
  }

  /** undefined when there is no such process. */
  one(process: ProcessName): XmlFragment | undefined {
    const entry = this.#entries.get(keyOf(process));
    const xml = entry === undefined ? '' : this.#render(entry, this.#moment());
    return xml === '' ? undefined : new XmlFragment(xml);
  }

  /** An array of all, sorted by group, then name. */
  all(): XmlFragment {
    this.#sorted ??= [...this.#entries.values()].toSorted((a, b) => compare(a.process, b.process));
    const moment = this.#moment();
    let items = '';
    for (const entry of this.#sorted) items += this.#render(entry, moment);
    return new XmlFragment(renderArray(items));
  }

  #renew(process: ProcessName): void {
    const key = keyOf(process);
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      entry.info = undefined;
      return;
    }
    this.#entries.set(key, { process, info: undefined });
    this.#sorted = undefined;
  }

  #moment(): Moment {
    const { clock } = this.#daemon;
    return { now: clock.now(), end: infoXmlEnd(cappedInt(clock.wallTimeUs() / 1_000_000n)) };
  }

  /** Empty for what is no more. */
  #render(entry: Entry, { now, end }: Moment): string {
    entry.info ??= this.#read(entry.process, now);
    if (entry.info === undefined) return '';
    const { begin, runningSince } = entry.info;
    return runningSince === undefined ? begin + end : begin + formatUptime(now - runningSince) + end;
  }

  #read(process: ProcessName, now: Instant): InfoXml | undefined {
    const { supervisor, logs } = this.#daemon;
    const status = supervisor.status(process);
    const spec = supervisor.spec(process);
    if (status === undefined || spec === undefined) return undefined;
    const stdout = shownLogfile(logs, spec, 'stdout') ?? '';
    const stderr = shownLogfile(logs, spec, 'stderr') ?? '';
    return infoXml(status, { stdout, stderr }, now);
  }
}

/** No group has a colon in its name. */
function keyOf({ group, name }: ProcessName): string {
  return `${group}:${name}`;
}

function compare(a: ProcessName, b: ProcessName): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
