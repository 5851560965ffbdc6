/**
 * What an event listener says on its stdout: READY, and the RESULT of each event. Pure, and bounded whatever is said.
 * Knows neither events nor where they wait.
 */
import { integer } from '@fleetvisor/config';
import { assertNever } from '@fleetvisor/primitives';

const READY_TOKEN = Buffer.from('READY\n');
const ACCEPTED = Buffer.from('OK');
/** The word before the length is skipped and not looked at, as in Supervisor. */
const RESULT_WORD_BYTES = 'RESULT '.length;
const LINE_FEED = 0x0a;
/** More than any length fits in. A longer line is a bad one before its end has come. */
export const RESULT_LINE_BYTES_MAX = 1024;

export type ListenerStateName = ListenerState['name'];

export type ListenerState =
  /** It runs, or has answered; `held` is the beginning of what it says next, shorter than the token. */
  | { readonly name: 'ACKNOWLEDGED'; readonly held: Uint8Array }
  /** It waits for an event, and must say nothing. */
  | { readonly name: 'READY' }
  /** It has an event, and the line of its result is not complete. */
  | { readonly name: 'BUSY'; readonly phase: 'line'; readonly line: Uint8Array }
  /** Its result lacks so many bytes; no more of it is kept than tells whether it is OK. */
  | { readonly name: 'BUSY'; readonly phase: 'result'; readonly missing: number; readonly result: Uint8Array }
  /** It broke the protocol; nothing it says counts any more. */
  | { readonly name: 'UNKNOWN' };

/** What became known by reading, in this order. */
export type ListenerOutput =
  | { readonly kind: 'accepted' | 'rejected' }
  | { readonly kind: 'badResultLine'; readonly line: Uint8Array }
  | { readonly kind: 'moved'; readonly from: ListenerStateName; readonly to: ListenerStateName };

export interface ListenerStep {
  readonly state: ListenerState;
  readonly outputs: readonly ListenerOutput[];
}

const nothing = new Uint8Array();

/** A run that has said nothing yet. */
export const newListener: ListenerState = { name: 'ACKNOWLEDGED', held: nothing };

/** A listener that was READY has been sent an event. */
export const busyListener: ListenerState = { name: 'BUSY', phase: 'line', line: nothing };

const ready: ListenerState = { name: 'READY' };
const unknown: ListenerState = { name: 'UNKNOWN' };

/** Reads what a listener has written, however it was cut. @param chunk is not kept */
export function readListener(state: ListenerState, chunk: Uint8Array): ListenerStep {
  const outputs: ListenerOutput[] = [];
  let now = state;
  for (let rest = chunk; rest.length > 0; ) {
    const bite = take(now, rest);
    outputs.push(...bite.outputs);
    if (bite.state.name !== now.name) outputs.push({ kind: 'moved', from: now.name, to: bite.state.name });
    now = bite.state;
    rest = rest.subarray(bite.used);
  }
  return { state: now, outputs };
}

interface Bite extends ListenerStep {
  /** Bytes; at least one. */
  readonly used: number;
}

function take(state: ListenerState, chunk: Uint8Array): Bite {
  switch (state.name) {
    case 'ACKNOWLEDGED':
      return takeToken(state.held, chunk);
    case 'READY': // strict, as Supervisor: it must not speak unasked
    case 'UNKNOWN':
      return { state: unknown, outputs: [], used: chunk.length };
    case 'BUSY':
      return state.phase === 'line' ? takeLine(state.line, chunk) : takeResult(state, chunk);
    default:
      return assertNever(state);
  }
}

function takeToken(held: Uint8Array, chunk: Uint8Array): Bite {
  const used = Math.min(READY_TOKEN.length - held.length, chunk.length);
  const token = Buffer.concat([held, chunk.subarray(0, used)]);
  if (token.length < READY_TOKEN.length) return { state: { name: 'ACKNOWLEDGED', held: token }, outputs: [], used };
  return { state: token.equals(READY_TOKEN) ? ready : unknown, outputs: [], used };
}

function takeLine(held: Uint8Array, chunk: Uint8Array): Bite {
  const end = chunk.indexOf(LINE_FEED);
  const piece = chunk.subarray(0, Math.min(end < 0 ? chunk.length : end, RESULT_LINE_BYTES_MAX + 1 - held.length));
  const line = Buffer.concat([held, piece]);
  if (line.length > RESULT_LINE_BYTES_MAX) return badLine(line.subarray(0, RESULT_LINE_BYTES_MAX), chunk);
  if (end < 0) return { state: { name: 'BUSY', phase: 'line', line }, outputs: [], used: chunk.length };
  const length = integer(line.toString('latin1', RESULT_WORD_BYTES));
  if (!length.ok || length.value < 0) return badLine(line, chunk);
  const used = end + 1;
  if (length.value === 0) return { ...judge(nothing), used };
  return { state: { name: 'BUSY', phase: 'result', missing: length.value, result: nothing }, outputs: [], used };
}

function takeResult(state: Extract<ListenerState, { phase: 'result' }>, chunk: Uint8Array): Bite {
  const used = Math.min(state.missing, chunk.length);
  const missing = state.missing - used;
  // One byte more than OK has is enough to tell that it is something else.
  const wanted = ACCEPTED.length + 1 - state.result.length;
  const result = Buffer.concat([state.result, chunk.subarray(0, Math.min(used, wanted))]);
  if (missing === 0) return { ...judge(result), used };
  return { state: { name: 'BUSY', phase: 'result', missing, result }, outputs: [], used };
}

/** Supervisor's default handler: OK is done, everything else is not. */
function judge(result: Uint8Array): ListenerStep {
  return { state: newListener, outputs: [{ kind: ACCEPTED.equals(result) ? 'accepted' : 'rejected' }] };
}

function badLine(line: Uint8Array, chunk: Uint8Array): Bite {
  return { state: unknown, outputs: [{ kind: 'badResultLine', line }], used: chunk.length };
}
