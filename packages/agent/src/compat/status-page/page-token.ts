/** What only the pages of this daemon hold: a form that carries it was made by one of them, not by another site. */
import { timingSafeEqual } from 'node:crypto';
import type { Random } from '@fleetvisor/primitives';

export interface PageToken {
  readonly text: string;
  matches(text: string | undefined): boolean;
}

/** One for the life of the daemon: a page that was open over a restart has to be loaded anew. */
export function createPageToken(random: Random): PageToken {
  const text = Buffer.from(random.bytes(16)).toString('hex');
  const expected = Buffer.from(text);
  return {
    text,
    matches: (given) => {
      const actual = Buffer.from(given ?? '');
      return actual.length === expected.length && timingSafeEqual(actual, expected);
    },
  };
}
