/**
 * A deliberate break of the product: a mistake that somebody could make, which one of the checkers must find. Each checker
 * has one at least.
 */
import type { Plan } from '../plan/plan.ts';
import type { Sabotage } from '../sabotage.ts';

export interface Break {
  /** What is broken, for people. */
  readonly name: string;
  readonly make: () => Sabotage;
  /** The checker that must find it. */
  readonly found: string;
  /** Makes more of what it needs to be seen. */
  readonly busy?: (plan: Plan) => Plan;
}
