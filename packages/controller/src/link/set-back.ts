/**
 * How a host knows that this store was set back: it has an acknowledgement from this very life of the store, of an event
 * that the store does not have. Pure.
 */
import type { Introduction } from './hello.ts';

/** @returns why the store is not the one that went on; undefined when nothing speaks for that */
export function whySetBack(
  { name, acked }: Pick<Introduction, 'name' | 'acked'>,
  store: { readonly incarnation: string; readonly ackedSeq: bigint },
): string | undefined {
  if (acked.incarnation !== store.incarnation || acked.seq <= store.ackedSeq) return undefined;
  return `host ${name} has an acknowledgement of event ${acked.seq}, the newest that is stored is ${store.ackedSeq}`;
}
