/** Crashes: when, where, how each ended, how long it had run, and the last it said. */
import { formatNamespec } from '@fleetvisor/config';
import type { StoredEvent } from '../client/event.ts';
import { alignColumns, type Cell } from './columns.ts';
import { crashText, eventWords, ranForText } from './event-words.ts';
import { eventDocument, type MomentFormat, processNames } from './events.ts';
import type { View } from './output.ts';
import type { Painter } from './paint.ts';
import { visibleLines } from './visible.ts';

export interface CrashStyle {
  /** Without the last lines of output. */
  readonly isShort: boolean;
  readonly formatMoment: MomentFormat;
  readonly paint: Painter;
}

const indent = '    ';

export function crashesView(crashes: readonly StoredEvent[], style: CrashStyle): View {
  return {
    document: { kind: 'crashes', crashes },
    parts: crashes.map(eventDocument),
    names: processNames(crashes),
    table: () => crashTable(crashes, style),
  };
}

function crashTable(crashes: readonly StoredEvent[], { isShort, formatMoment, paint }: CrashStyle): string[] {
  const heads = alignColumns(
    crashes.map((crash) => headCells(crash, formatMoment)),
    paint,
  );
  if (isShort) return heads;
  return heads.flatMap((head, i) => [head, ...outputLines(crashes[i])]);
}

function headCells({ at, receivedAt, host, body }: StoredEvent, formatMoment: MomentFormat): Cell[] {
  const time = formatMoment(at ?? receivedAt);
  if (body.kind !== 'crash') {
    const { subject, text } = eventWords(body);
    return [time, host, subject, { text, colour: 'red' }];
  }
  const how: Cell = { text: crashText(body), colour: 'red' };
  return [time, host, formatNamespec(body.process), how, ranForText(body) ?? 'did not start'];
}

function outputLines(crash: StoredEvent | undefined): string[] {
  if (crash?.body.kind !== 'crash') return [];
  return visibleLines(crash.body.lastOutput).map((line) => `${indent}${line}`);
}
