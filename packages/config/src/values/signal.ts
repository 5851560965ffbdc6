/** Signals by number or name. A table of Linux's, so that a config means the same wherever it is checked. */

import { pythonRepr, strip } from '../ini/python-text.ts';
import { bad, type Converted, good } from './converted.ts';
import { pythonInt } from './integer.ts';

/** Normal names, as `kill -l` has them, and those of Python's `signal` module that mean the same. */
const NUMBERS = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  POLL: 29,
  PWR: 30,
  SYS: 31,
  RTMIN: 34,
  RTMAX: 64,
} as const satisfies Record<string, number>;

const ALIASES = { IOT: 6, CLD: 17, IO: 29 } as const satisfies Record<string, number>;

/** Not signals, but Python's module names them SIG_..., and so Supervisor takes them. */
const ODDITIES = { _DFL: 0, _IGN: 1, _BLOCK: 0, _UNBLOCK: 1, _SETMASK: 2 } as const satisfies Record<string, number>;

const BY_NAME: ReadonlyMap<string, number> = new Map(Object.entries({ ...NUMBERS, ...ALIASES, ...ODDITIES }));
const NAME_BY_NUMBER: ReadonlyMap<number, string> = new Map([
  [0, '0'],
  ...Object.entries(NUMBERS).map(([name, number]): [number, string] => [number, name]),
]);

/** To the normal name without SIG; '0' for the null signal. */
export function signal(text: string): Converted<string> {
  const given = pythonInt(text);
  const number = given ?? BY_NAME.get(strip(text).toUpperCase().replace(/^SIG/, ''));
  const allowed = 'a signal such as TERM, HUP, INT, QUIT, KILL, USR1, USR2, or its number';
  if (number === undefined) return bad(`value ${pythonRepr(text)} is not a valid signal name`, allowed);
  const name = NAME_BY_NUMBER.get(number);
  return name === undefined ? bad(`value ${pythonRepr(text)} is not a valid signal number`, allowed) : good(name);
}

/** The number to send for a name in `ProcessSpec.stopsignal`, or any other form of it; undefined for no signal. */
export function signalNumber(name: string): number | undefined {
  const normal = signal(name);
  if (!normal.ok) return undefined;
  return normal.value === '0' ? 0 : BY_NAME.get(normal.value);
}

/** `SIGTERM` for 15, as Supervisor prints it; `signal 35` where there is no name. */
export function signalName(number: number): string {
  const name = number === 0 ? undefined : NAME_BY_NUMBER.get(number);
  return name === undefined ? `signal ${number}` : `SIG${name}`;
}
