/** Who the host is and how its config stands, kept up to date between two introductions of the engine's. Pure. */
import type { Introduction, OfferStatus } from '../bridge/port.ts';

/**
 * What Hello has to say once an offer has come further. A host goes on applying while nobody is connected; said as it
 * stood when the connection broke, it would be waited for until its deadline.
 */
export function afterStatus(introduction: Introduction, { to, phase, problems, running }: OfferStatus): Introduction {
  const lastKnownGood = phase === 'applied' ? to : introduction.config.lastKnownGood;
  return { ...introduction, config: { running, lastAttempt: { ref: to, phase, problems }, lastKnownGood } };
}
