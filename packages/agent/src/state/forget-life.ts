/** What an agent leaves that ends in an orderly way: nothing that the next one would go on with. */
import { messageOf } from '@fleetvisor/primitives';
import type { MainLog } from '../supervision/main-log-lines.ts';
import type { AgentLife } from './agent-life.ts';
import type { ConfigInForce } from './config-in-force.ts';
import type { StoppedByHand } from './stopped-by-hand.ts';

export interface LifeLeft {
  readonly stops: StoppedByHand;
  readonly life: AgentLife;
  readonly configKept: ConfigInForce;
}

/** All is stopped by then: a disk that refuses makes no failure of it. */
export function forgetLife({ stops, life, configKept }: LifeLeft, log: MainLog['log']): void {
  try {
    if (stops.all().length > 0) stops.clear();
    life.end();
    configKept.forget();
  } catch (error) {
    log(
      'critical',
      `cannot forget what ran and what was stopped by hand: ${messageOf(error)}; the next agent goes on with it`,
    );
  }
}
