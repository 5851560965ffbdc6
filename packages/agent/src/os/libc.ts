/**
 * The C library through koffi, for the few calls that Node does not have. Loaded with the first of them: koffi costs
 * 8 MiB, and most agents never need it. Knows no program and no socket; who calls what stands in the files beside it.
 */
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import type koffiModule from 'koffi';

type Koffi = typeof koffiModule;

/** What C takes from us: numbers, zero-terminated text, memory, and for `...` the name of a type before each value. */
export type LibcArgument = number | string | Uint8Array | null;

/** Returns what C returned. @throws an error with the errno's name as `code`, as Node's own calls do, when that is -1. */
export type LibcCall = (...args: readonly LibcArgument[]) => number;

/**
 * Finds a function of the C library. Never at the top of a module: that would load koffi at every start.
 * @param prototype in C: `int listen(int fd, int backlog)`
 * @throws FleetError `unavailable` where koffi does not run on this system
 */
export function libcCall(prototype: string): LibcCall {
  const known = calls.get(prototype);
  if (known !== undefined) return known;
  const { koffi, library } = loadLibc();
  const call = library.func(prototype);
  const checked: LibcCall = (...args) => {
    const result: unknown = call(...args);
    if (result === -1) throw systemError(prototype, koffi.errno());
    return Number(result);
  };
  calls.set(prototype, checked);
  return checked;
}

/** As many as there are prototypes in this folder. */
const calls = new Map<string, LibcCall>();

let loaded: { readonly koffi: Koffi; readonly library: ReturnType<Koffi['load']> } | undefined;

function loadLibc(): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded;
  try {
    // `require` because the callers cannot wait: a program starts now or not at all.
    const koffi: Koffi = createRequire(import.meta.url)('koffi');
    // Null is this process itself: its C library, whatever that is called (glibc, musl).
    loaded = { koffi, library: koffi.load(null) };
    return loaded;
  } catch (cause) {
    const message =
      `cannot call the C library: koffi, which does that, cannot be loaded (${messageOf(cause)}); ` +
      "run 'npm run setup' in the agent's folder again on this machine";
    throw new FleetError('unavailable', message, {}, { cause });
  }
}

function systemError(prototype: string, errno: number): NodeJS.ErrnoException {
  const syscall = /(\w+)\(/.exec(prototype)?.[1] ?? prototype;
  // Not getSystemErrorName: it knows those alone that libuv may meet (not ECHILD).
  const [code = `errno ${errno}`] = Object.entries(constants.errno).find(([, number]) => number === errno) ?? [];
  return Object.assign(new Error(`${syscall}: ${code}`), { code, errno, syscall });
}
