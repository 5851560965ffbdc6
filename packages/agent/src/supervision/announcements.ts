/** Passes on what happened, in order and after the fact: to the event record and to subscribers, whom nothing can hurt. */
import type { ProcessGroupSpec } from '@fleetvisor/config';
import { messageOf } from '@fleetvisor/primitives';
import type { CrashEvent, EventSink } from '../events/event.ts';
import type { ProcessEvents } from '../events/process-events.ts';
import type { MainLog } from './main-log-lines.ts';
import type { Transition } from './process/effect.ts';
import type { Exit } from './process/exit.ts';
import type { Layer, ProcessName } from './status.ts';
import type { SupervisorListener } from './supervisor.ts';

export type Announcement =
  | { readonly kind: 'statusChanged'; readonly process: ProcessName }
  | { readonly kind: 'processRemoved'; readonly process: ProcessName }
  | { readonly kind: 'outputLost'; readonly process: ProcessName }
  | {
      readonly kind: 'groupAdded';
      readonly group: string;
      readonly layer: Layer;
      readonly spec: ProcessGroupSpec;
      /** It was there in an earlier life of the agent: no news for the record. */
      readonly goesOn: boolean;
    }
  | { readonly kind: 'groupRemoved'; readonly group: string; readonly layer: Layer }
  | { readonly kind: 'groupReshaped'; readonly group: string }
  | { readonly kind: 'transition'; readonly process: ProcessName; readonly transition: Transition }
  | {
      readonly kind: 'crash';
      readonly process: ProcessName;
      readonly exit: Exit | undefined;
      readonly event: () => CrashEvent;
    };

export class Announcements {
  readonly #sink: EventSink;
  readonly #processEvents: ProcessEvents;
  readonly #mainLog: MainLog;
  /** Made anew when one comes or goes: whoever is told meanwhile is told to the end. */
  #listeners: readonly SupervisorListener[] = [];
  /** Bounded by what one input can make: it is emptied before the next one. */
  #pending: Announcement[] = [];
  #isDelivering = false;

  constructor(sink: EventSink, processEvents: ProcessEvents, mainLog: MainLog) {
    this.#sink = sink;
    this.#processEvents = processEvents;
    this.#mainLog = mainLog;
  }

  subscribe(listener: SupervisorListener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Keeps it for `deliver`. */
  add(announcement: Announcement): void {
    this.#pending.push(announcement);
  }

  /** Passes on what was added, and what is added by that. */
  deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      while (this.#pending.length > 0) {
        for (const announcement of this.#pending.splice(0)) this.#passOn(announcement);
      }
    } finally {
      this.#isDelivering = false;
    }
  }

  #passOn(announcement: Announcement): void {
    this.#guard('the event record', announcement, () => this.#record(announcement));
    for (const listener of this.#listeners) {
      this.#guard('a subscriber', announcement, () => tell(listener, announcement));
    }
  }

  /** Whoever keeps or hears what happened must not be able to stop the programs' supervisor. */
  #guard(who: string, { kind }: Announcement, run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#mainLog.log('critical', `${who} failed at ${kind}: ${messageOf(thrown)}`);
    }
  }

  #record(announcement: Announcement): void {
    switch (announcement.kind) {
      case 'transition':
        this.#processEvents.transition(announcement.process, announcement.transition);
        break;
      case 'crash':
        this.#processEvents.crash(announcement.process, announcement.exit, announcement.event);
        break;
      case 'processRemoved':
        this.#processEvents.forget(announcement.process);
        break;
      case 'groupAdded':
        if (!announcement.goesOn) this.#recordGroup(announcement, true);
        break;
      case 'groupRemoved':
        this.#recordGroup(announcement, false);
        break;
      case 'groupReshaped':
      case 'statusChanged':
      case 'outputLost':
        break;
    }
  }

  #recordGroup({ group, layer }: { readonly group: string; readonly layer: Layer }, added: boolean): void {
    this.#sink.record({ kind: 'groupChanged', group, layer, added });
  }
}

function tell(listener: SupervisorListener, announcement: Announcement): void {
  switch (announcement.kind) {
    case 'statusChanged':
      listener.statusChanged?.(announcement.process);
      break;
    case 'processRemoved':
      listener.processRemoved?.(announcement.process);
      break;
    case 'groupAdded':
      listener.groupAdded?.(announcement.group, announcement.layer, announcement.spec);
      break;
    case 'groupRemoved':
      listener.groupRemoved?.(announcement.group, announcement.layer);
      break;
    case 'groupReshaped':
      listener.groupReshaped?.(announcement.group);
      break;
    case 'outputLost':
      listener.outputLost?.(announcement.process);
      break;
    case 'transition':
      listener.transition?.(announcement.process, announcement.transition);
      break;
    case 'crash':
      break;
  }
}
