/**
 * Deliberate breaks of the product, one at a time, through seams that are there: a checker that does not find the break it
 * is for is no checker. Nothing of it is in a simulation that looks for faults.
 */
import type { Clock } from '@fleetvisor/primitives';
import type { SessionRequest, SessionResponse } from '@fleetvisor/protocol/link';
import type { LinkMessage } from '../../packages/agent/src/bridge/port.ts';
import type { Traces } from '../../packages/agent/src/layers/predecessor.ts';
import type { AgentDb } from '../../packages/agent/src/state/agent-db.ts';
import type { CommandLog } from '../../packages/agent/src/state/command-log.ts';
import type { ProcessHost } from '../../packages/agent/src/supervision/ports.ts';
import type { Supervisor } from '../../packages/agent/src/supervision/supervisor.ts';
import type { Fleet } from '../../packages/controller/src/start-fleet.ts';
import type { Store } from '../../packages/controller/src/store/store.ts';
import type { Life } from './engine/life.ts';
import type { FakeOs } from './host/fake-os.ts';
import type { CarryOut } from './host/simulated-engine.ts';

export interface Sabotage {
  /** What the machine tells an agent of the one before it. */
  traces?(real: Traces, os: FakeOs): Traces;
  os?(os: FakeOs): void;
  /** Another version finds nothing of what the one before has handed over. */
  readonly forgetsHandover?: boolean;
  /** An agent begins. */
  supervisor?(supervisor: Supervisor): void;
  /** Another version has taken over. */
  tookOver?(supervisor: Supervisor): void;
  /** How long what happened waits before it is written down, in milliseconds; 0 unless told. */
  readonly spoolWaitMs?: number;
  processHost?(real: ProcessHost): ProcessHost;
  readonly carryOut?: CarryOut;
  commandLog?(db: AgentDb, clock: Clock): CommandLog;
  store?(real: Store): Store;
  /** A controller has come up. */
  fleet?(fleet: Fleet, life: Life): void;
  toEngine?(message: LinkMessage): LinkMessage;
  fromAgent?(host: number, message: SessionRequest): SessionRequest | undefined;
  /** What the controller claims to have said. */
  claimed?(message: SessionResponse): SessionResponse;
  fromController?(message: SessionResponse): SessionResponse | undefined;
}
