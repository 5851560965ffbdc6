/** What tail and maintail are asked for, out of their arguments. Pure. */
import { pythonRepr } from '@fleetvisor/config';

export type Channel = 'stdout' | 'stderr';

export type HowMuch = { readonly kind: 'follow' } | { readonly kind: 'last'; readonly bytes: number };

export interface TailRequest {
  readonly namespec: string;
  readonly channel: Channel;
  readonly howMuch: HowMuch;
}

export type Parsed<Request> =
  | { readonly ok: true; readonly request: Request }
  /** In supervisorctl's words; `withHelp`: it also shows how the command is written. */
  | { readonly ok: false; readonly message: string; readonly withHelp: boolean };

const DEFAULT_BYTES = 1600;

/** `[-f|-N] name [stdout|stderr]` */
export function parseTail(words: readonly string[]): Parsed<TailRequest> {
  if (words.length === 0) return wrong('Error: too few arguments', true);
  if (words.length > 3) return wrong('Error: too many arguments', true);
  const written = words[0]?.startsWith('-') ? words[0] : undefined;
  const [namespec, ...more] = written === undefined ? words : words.slice(1);
  if (namespec === undefined) return wrong('Error: tail requires process name', false);
  const channel = more.at(-1)?.toLowerCase() ?? 'stdout';
  if (channel !== 'stdout' && channel !== 'stderr') return wrong(`Error: bad channel ${pythonRepr(channel)}`, false);
  const howMuch = readHowMuch(written);
  if (howMuch === undefined) return wrong(`Error: bad argument ${written}`, false);
  return { ok: true, request: { namespec, channel, howMuch } };
}

/** `[-f|-N]` */
export function parseMaintail(words: readonly string[]): Parsed<HowMuch> {
  const [written, ...more] = words;
  if (more.length > 0) return wrong('Error: too many arguments', true);
  const howMuch = written === undefined || written.startsWith('-') ? readHowMuch(written) : undefined;
  return howMuch === undefined ? wrong(`Error: bad argument ${written}`, false) : { ok: true, request: howMuch };
}

/** undefined when it is neither `-f` nor a number, of which anything goes that Python's int() takes. */
function readHowMuch(written: string | undefined): HowMuch | undefined {
  if (written === undefined) return { kind: 'last', bytes: DEFAULT_BYTES };
  const what = written.slice(1);
  if (what === 'f') return { kind: 'follow' };
  return /^[+-]?\d+(_\d+)*$/.test(what) ? { kind: 'last', bytes: Number(what.replaceAll('_', '')) } : undefined;
}

function wrong(message: string, withHelp: boolean) {
  return { ok: false, message, withHelp } as const;
}
