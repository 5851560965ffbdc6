/**
 * What the engine has besides in a fleet: the durable record of events, and the link. Loaded with a controller alone: an
 * agent without one is smaller by it, and there sooner.
 */
import type { Clock, Random } from '@fleetvisor/primitives';
import type { Asked } from './bridge/command-desk.ts';
import { FleetLink, type FleetLinkParts } from './bridge/fleet-link.ts';
import { introducer } from './bridge/introduce.ts';
import { forkLink } from './bridge/link-child.ts';
import { logOpener } from './bridge/open-log.ts';
import type { AgentEvent } from './events/event.ts';
import { toEventBody } from './events/to-event-body.ts';
import type { LocalLayer } from './layers/local-layer.ts';
import type { LogFiles } from './logs/log-files.ts';
import type { FleetSettings } from './settings.ts';
import type { AgentDb } from './state/agent-db.ts';
import { CommandLog } from './state/command-log.ts';
import type { JointCommit } from './state/joint-commit.ts';
import { Spool } from './state/spool.ts';
import type { ActionResult } from './supervision/action.ts';
import { carryOut } from './supervision/actions.ts';
import type { ProcessLogs } from './supervision/ports.ts';
import type { Supervisor } from './supervision/supervisor.ts';
import type { UpgradeResult } from './upgrade/upgrade-result.ts';
import { UpgradeSettlement } from './upgrade/upgrade-settlement.ts';

/** What happens on the host, kept until the controller has it. Disposing puts it on the disk. */
export interface FleetRecord extends AsyncDisposable {
  readonly spool: Spool;
  record(event: AgentEvent): void;
}

export interface FleetRecordParts {
  readonly db: AgentDb;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: FleetLinkParts['log'];
}

export function openFleetRecord({
  db,
  clock,
  random,
  log,
  commit,
}: FleetRecordParts & { readonly commit: JointCommit }): FleetRecord {
  const spool = new Spool(db, { clock, random, commit, onTrouble: (error) => log('critical', error.message) });
  return {
    spool,
    record: (event) => void spool.append(toEventBody(event)),
    [Symbol.asyncDispose]: () => spool[Symbol.asyncDispose](),
  };
}

export interface LinkedEngine extends FleetRecordParts, Pick<FleetLinkParts, 'fleet' | 'takeOffer' | 'refused'> {
  /** The link's program. */
  readonly linkProgram: string;
  readonly hostId: string;
  readonly settings: FleetSettings;
  readonly supervisor: Supervisor;
  readonly local: LocalLayer;
  readonly logs: ProcessLogs;
  readonly files: LogFiles;
  /**
   * Replaces the agent. Where it succeeds it does not come back: the next life goes on with the command, and tells what came
   * of it when the new version has lived through its trial, or the one before it runs again.
   */
  readonly upgrade: (asked: Asked) => Promise<ActionResult>;
}

/** The link to the controller, from now on; to be told of every change of a process. */
export function startFleetLink(engine: LinkedEngine, { spool, record }: FleetRecord): FleetLink {
  const { clock, random, log, fleet, takeOffer, refused } = engine;
  const { hostId, settings, supervisor, local, upgrade } = engine;
  return new FleetLink({
    ...{ clock, random, log, spool, fleet, record, takeOffer, refused },
    startLink: (line) => forkLink({ modulePath: engine.linkProgram }, line),
    commandLog: new CommandLog(engine.db, clock),
    introduction: introducer({
      ...{ hostId, settings, clock, random, spool, fleet },
      localGroups: () => local.groups(),
    }),
    processes: () => supervisor.snapshot(),
    run: (asked) => carryOut({ supervisor, local, upgrade: () => upgrade(asked) }, asked.action),
    openLog: logOpener(supervisor, engine.logs, engine.files),
  });
}

/** To be made at once: see UpgradeSettlement. */
export function settlementOf(
  { db, clock }: Pick<FleetRecordParts, 'db' | 'clock'>,
  link: FleetLink,
  { record }: FleetRecord,
  result: UpgradeResult | undefined,
): UpgradeSettlement {
  return new UpgradeSettlement({ db, clock, link, record }, result);
}
