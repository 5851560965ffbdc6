/**
 * What came of a command whose agent was replaced over it: for the controller, which asks, and an event of the host. It is told
 * when it is certain, and once: an agent that is started again in the place of a version that failed finds the same.
 */
import type { Clock } from '@fleetvisor/primitives';
import type { AgentEvent } from '../events/event.ts';
import type { AgentDb } from '../state/agent-db.ts';
import { CommandLog } from '../state/command-log.ts';
import type { ActionResult } from '../supervision/action.ts';
import type { UpgradeResult } from './upgrade-result.ts';

export interface SettlementParts {
  readonly db: AgentDb;
  readonly clock: Clock;
  /** Which the controller asks. */
  readonly link: {
    awaits(commandId: string): void;
    settle(commandId: string, result: ActionResult): void;
  };
  readonly record: (event: AgentEvent) => void;
}

export class UpgradeSettlement {
  readonly #parts: SettlementParts;
  #result: UpgradeResult | undefined;

  /** To be made before the link has said anything. @param result undefined where no controller has asked */
  constructor(parts: SettlementParts, result: UpgradeResult | undefined) {
    this.#parts = parts;
    this.#result = result;
    if (result?.isOnTrial === true) parts.link.awaits(result.command.commandId);
    else this.settle();
  }

  /** It is certain: the trial is over, or somebody ends the new version on purpose. */
  settle(): void {
    const { db, clock, link, record } = this.#parts;
    const settled = this.#result;
    this.#result = undefined;
    if (settled === undefined) return;
    const { command, result } = settled;
    const { commandId, actor } = command;
    if (new CommandLog(db, clock).resultOf(commandId) !== undefined) return;
    const { outcome, results } = result;
    record({ kind: 'commandDone', commandId, actor, verb: 'upgrade', targets: [], outcome, results });
    link.settle(commandId, result);
  }
}
