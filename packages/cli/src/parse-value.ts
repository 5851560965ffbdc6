/** Values of options, from text. Each throws FleetError `invalid` with what is allowed. */
import { FleetError } from '@fleetvisor/primitives';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const durationMsMax = 10 * 365 * 86_400_000;

/** `90s`, `5m`, `1h30m`, `2d`; a bare number is seconds. */
export function parseDurationMs(text: string): number {
  if (/^\d+$/.test(text)) return bounded(Number(text) * 1_000, text);
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) {
    throw new FleetError('invalid', `'${text}' is not a length of time: write 30s, 5m, 1h30m or 2d`);
  }
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) ms += Number(count) * (unitMs[unit ?? ''] ?? 0);
  return bounded(ms, text);
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count === 0 || count > 1_000_000_000) {
    throw new FleetError('invalid', `'${text}' is not a number from 1 on`);
  }
  return count;
}

/** Numbers of revisions begin at 1. */
export function parseRevision(text: string): number {
  const digits = /^r?(\d+)$/.exec(text)?.[1];
  if (digits === undefined || Number(digits) === 0 || !Number.isSafeInteger(Number(digits))) {
    throw new FleetError(
      'invalid',
      `'${text}' is not a revision: write its number, as 'fleetctl config history' shows it`,
    );
  }
  return Number(digits);
}

/** `HOST:PORT`, `HOST`, `[IPV6]:PORT`; always returned with a port. */
export function parseAddress(text: string): string {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[2] ?? apiPort);
  if (match === null || port < 1 || port > 65_535) {
    throw new FleetError('invalid', `'${text}' is not an address of a controller: write HOST:PORT`);
  }
  return `${match[1]}:${port}`;
}

/** The port that a controller serves its API at, unless told otherwise. */
const apiPort = 7400;

function bounded(ms: number, text: string): number {
  if (ms > 0 && ms <= durationMsMax) return ms;
  throw new FleetError('invalid', `'${text}' is out of range: from 1ms to ten years`);
}
