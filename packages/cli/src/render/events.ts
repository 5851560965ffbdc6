/** The central history as lines, oldest first. */
import type { StoredEvent } from '../client/event.ts';
import { alignColumns, type Cell } from './columns.ts';
import type { Document } from './document.ts';
import { eventWords } from './event-words.ts';
import type { View } from './output.ts';
import type { Painter } from './paint.ts';

export type MomentFormat = (moment: Date | undefined) => string;

export interface EventStyle {
  readonly formatMoment: MomentFormat;
  readonly paint: Painter;
  /** Of the columns so far, for events that follow others. */
  readonly widths: number[];
}

export function eventsView(events: readonly StoredEvent[], { formatMoment, paint, widths }: EventStyle): View {
  return {
    document: { kind: 'events', events },
    parts: events.map(eventDocument),
    names: processNames(events),
    table: (isWide) =>
      alignColumns(
        events.map((event) => eventCells(event, formatMoment, isWide)),
        paint,
        widths,
      ),
  };
}

export function eventDocument(event: StoredEvent): Document {
  return { kind: 'event', ...event };
}

/** Processes that the events are about, each once, as targets. */
export function processNames(events: readonly StoredEvent[]): string[] {
  const names = events.flatMap(({ host, body }) =>
    'process' in body ? [`${host}/${body.process.group}:${body.process.name}`] : [],
  );
  return [...new Set(names)];
}

function eventCells(event: StoredEvent, formatMoment: MomentFormat, isWide: boolean): Cell[] {
  const { subject, text, colour } = eventWords(event.body);
  const position = isWide ? [String(event.position), event.body.kind] : [];
  const time = formatMoment(event.at ?? event.receivedAt);
  return [...position, time, event.host || '(controller)', subject || '-', { text, colour }];
}
