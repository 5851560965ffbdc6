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
/** Of each crash, so that several fit a screen; all of them with -o wide. */
const outputLinesMax = 10;

export function crashesView(crashes: readonly StoredEvent[], style: CrashStyle): View {
  return {
    document: { kind: 'crashes', crashes },
    parts: crashes.map(eventDocument),
    names: processNames(crashes),
    table: (isWide) => crashTable(crashes, isWide ? Number.POSITIVE_INFINITY : outputLinesMax, style),
  };
}

function crashTable(
  crashes: readonly StoredEvent[],
  linesMax: number,
  { isShort, formatMoment, paint }: CrashStyle,
): string[] {
  const heads = alignColumns(
    crashes.map((crash) => headCells(crash, formatMoment)),
    paint,
  );
  if (isShort) return heads;
  return heads.flatMap((head, i) => [head, ...outputLines(crashes[i], linesMax)]);
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

function outputLines(crash: StoredEvent | undefined, linesMax: number): string[] {
  if (crash?.body.kind !== 'crash') return [];
  const lines = visibleLines(crash.body.lastOutput);
  const leftOut = lines.length - linesMax;
  const shown = leftOut > 0 ? [`(${leftOut} lines before these: -o wide)`, ...lines.slice(-linesMax)] : lines;
  return shown.map((line) => `${indent}${line}`);
}
