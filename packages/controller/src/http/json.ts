/** How values are written in JSON, the same in every answer, and the schemas that say so. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { Exit as WireExit } from '@fleetvisor/protocol/common';
import type { GenerationRef } from '../fleet/generation.ts';
import type { Exit } from '../fleet/process-status.ts';

export const text = { type: 'string' } as const;
export const textList = { type: 'array', items: text } as const;
export const flag = { type: 'boolean' } as const;
export const integer = { type: 'integer' } as const;
/** A number, or its digits in a string where JavaScript could not hold it exactly. */
export const bigInteger = { type: ['integer', 'string'] } as const;
/** ISO 8601 in UTC, or null for never. */
export const time = { type: ['string', 'null'] } as const;

export function jsonInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** ISO 8601 in UTC to the microsecond; null for 0 (never), and for what lies outside the calendar. */
export function jsonTime(us: bigint): string | null {
  const date = new Date(Number(us / 1000n));
  if (us <= 0n || Number.isNaN(date.getTime())) return null;
  const micros = String(us % 1000n).padStart(3, '0');
  return `${date.toISOString().slice(0, -1)}${micros}Z`;
}

export function jsonMs(us: bigint): number {
  return Number(us / 1000n);
}

/** `{ "code": 1 }`, `{ "signal": 9, "coreDumped": false }` or `{ "unknown": true }`; null for none. */
export const exit = {
  type: ['object', 'null'],
  properties: { code: integer, signal: integer, coreDumped: flag, unknown: flag },
} as const;

export function jsonExit(value: Exit | undefined): object | null {
  switch (value?.kind) {
    case 'code':
      return { code: value.code };
    case 'signal':
      return { signal: value.number, coreDumped: value.coreDumped };
    case 'unknown':
      return { unknown: true };
    case undefined:
      return null;
  }
}

/** The same of an exit as events carry it. */
export function jsonWireExit(value: WireExit | undefined): object | null {
  const how = value?.how;
  if (how?.$case === 'signal') return { signal: how.value, coreDumped: value?.coreDumped ?? false };
  return how === undefined ? null : { [how.$case]: how.value };
}

/** `{ "incarnation": UUID, "generation": 3, "hash": HEX }`, or null for none. */
export const generation = {
  type: ['object', 'null'],
  properties: { incarnation: text, generation: bigInteger, hash: text },
} as const;

export function jsonGeneration(ref: GenerationRef | undefined): object | null {
  if (ref === undefined) return null;
  return { incarnation: ref.incarnation, generation: jsonInteger(ref.generation), hash: ref.hash };
}

export const problem = {
  type: 'object',
  properties: {
    file: text,
    line: integer,
    section: { type: ['string', 'null'] },
    option: { type: ['string', 'null'] },
    message: text,
    allowed: { type: ['string', 'null'] },
  },
} as const;

export function jsonProblem(value: ConfigProblem): object {
  const { file, line, message } = value;
  return {
    file,
    line,
    section: value.section ?? null,
    option: value.option ?? null,
    message,
    allowed: value.allowed ?? null,
  };
}
