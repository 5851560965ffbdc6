/** Colours, where they are wanted. A colour never says what the words do not. */
import type { Presence } from '../client/host.ts';
import type { ProcessState } from '../client/process.ts';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 } as const satisfies Record<Colour, number>;

/** Puts a colour around a text, or leaves it as it is. */
export type Painter = (text: string, colour: Colour | undefined) => string;

export const plain: Painter = (text) => text;

export const coloured: Painter = (text, colour) =>
  colour === undefined || text === '' ? text : `\x1b[${codes[colour]}m${text}\x1b[0m`;

export const colourOfState = {
  RUNNING: 'green',
  STARTING: 'yellow',
  BACKOFF: 'yellow',
  STOPPING: 'yellow',
  STOPPED: 'dim',
  EXITED: 'red',
  FATAL: 'red',
  UNKNOWN: 'cyan',
} as const satisfies Record<ProcessState, Colour>;

export const colourOfPresence = {
  online: 'green',
  suspect: 'yellow',
  disconnected: 'red',
  lost: 'red',
  offline: 'cyan',
  upgrading: 'cyan',
} as const satisfies Record<Presence, Colour>;
