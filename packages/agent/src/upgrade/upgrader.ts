/**
 * Replaces the running engine by another version in the same process: no program notices. All that can fail is tried before
 * anything is let go of; from the moment at which descriptors are kept open nothing else happens in between.
 */
import { realpathSync, rmSync } from 'node:fs';
import { type Clock, FleetError, messageOf } from '@fleetvisor/primitives';
import type { HandedServers } from '../compat/http/handed-servers.ts';
import type { OneAtATime } from '../layers/one-at-a-time.ts';
import type { LogFiles } from '../logs/log-files.ts';
import type { MainLogWriter } from '../logs/main-log.ts';
import { becomeProgram } from '../os/become.ts';
import { readMachineLife } from '../os/boot-id.ts';
import { keepOverExec, setCloseOnExec } from '../os/close-on-exec.ts';
import { SENT_BACK_VARIABLE } from '../os/environment.ts';
import type { AgentDb } from '../state/agent-db.ts';
import type { HandedDaemon } from './handed-daemon.ts';
import {
  descriptorsOf,
  HANDOVER_FORMAT,
  HANDOVER_VARIABLE,
  type HandedEngine,
  type Handover,
  type UpgradeCommand,
  writeHandover,
} from './handover.ts';
import { type Proof, prove } from './prove.ts';
import type { InstalledVersion } from './trial.ts';
import { TrialFile } from './trial-file.ts';

export interface UpgraderParts {
  readonly clock: Clock;
  readonly db: AgentDb;
  readonly files: LogFiles;
  readonly log: MainLogWriter['log'];
  readonly engine: {
    readonly changes: OneAtATime;
    quiesce(): Promise<void>;
    resume(reason: string): void;
    handOver(): HandedEngine;
  };
  readonly doors: { quiet(ms: number): Promise<void>; handOver(): HandedServers };
  /** Undefined when it may be replaced now. */
  readonly whyNot: () => string | undefined;
  /** Which version this is. */
  readonly own: InstalledVersion;
  /** As it is now. */
  readonly daemon: () => HandedDaemon;
  /** What it was started with, its verb first. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface UpgradeOrder {
  /** Absolute path of the launcher of the version that is to take over; a link stays one, for the upgrade after this. */
  readonly launcher: string;
  readonly command: UpgradeCommand | undefined;
}

/** Attempts that have changed nothing. */
export interface FailedUpgrades {
  readonly failures: number;
  /** Why the last one has not. */
  readonly lastFailure: string;
}

/** Clients whose answer takes longer lose their connection. */
const QUIET_MS_MAX = 1000;

export class Upgrader {
  readonly #parts: UpgraderParts;
  #isUnderWay = false;
  #failed: FailedUpgrades = { failures: 0, lastFailure: '' };

  constructor(parts: UpgraderParts) {
    this.#parts = parts;
  }

  get failed(): FailedUpgrades {
    return this.#failed;
  }

  /**
   * Resolves with what the other version has proved, or rejects when it is not to be; then `replace` must be called, or `leaveIt`.
   * @throws FleetError `unavailable` or `conflict`; everything is as it was then
   */
  async prepare({ launcher }: UpgradeOrder): Promise<Proof> {
    const { db, daemon, args, env, own } = this.#parts;
    this.#refuseIfBusy();
    this.#isUnderWay = true;
    try {
      const proof = await prove({ db, launcher, daemon: daemon(), args, env });
      // Where it has been installed over this version, there is none to go back to.
      return { ...proof, hasWayBack: proof.hasWayBack && realpathSync(launcher) !== own.launcher };
    } catch (thrown) {
      this.#isUnderWay = false;
      throw this.#tellFailure(thrown);
    }
  }

  /** Whether it would be replaced by what it is: the same version, in the same place. */
  isOwn({ launcher }: UpgradeOrder, { version }: Proof): boolean {
    const { own } = this.#parts;
    return version === own.version && realpathSync(launcher) === own.launcher;
  }

  /** What was prepared is not to be done. */
  leaveIt(): void {
    this.#isUnderWay = false;
  }

  /** Does not return, unless it fails: @throws FleetError saying why; everything goes on as it was then */
  async replace(order: UpgradeOrder, proof: Proof): Promise<never> {
    const { engine, doors } = this.#parts;
    try {
      const whyNot = this.#whyNot();
      if (whyNot !== undefined) throw new FleetError('conflict', whyNot);
      return await engine.changes.run(async () => {
        try {
          await engine.quiesce();
          await doors.quiet(QUIET_MS_MAX);
          return this.#become(order, proof);
        } catch (thrown) {
          engine.resume(messageOf(thrown));
          throw thrown;
        }
      });
    } catch (thrown) {
      throw this.#tellFailure(thrown);
    } finally {
      this.#isUnderWay = false;
    }
  }

  #refuseIfBusy(): void {
    const whyNot = this.#isUnderWay ? 'the agent is being replaced already' : this.#whyNot();
    if (whyNot !== undefined) throw this.#tellFailure(new FleetError('conflict', whyNot));
  }

  #whyNot(): string | undefined {
    const isBusy = this.#parts.engine.changes.isBusy;
    return (
      this.#parts.whyNot() ?? (isBusy ? 'a change of the programs is under way: try again when it is done' : undefined)
    );
  }

  /** One synchronous step. */
  #become(order: UpgradeOrder, proof: Proof): never {
    const { db, log, own, args, env } = this.#parts;
    const trial = new TrialFile(db.folder);
    log('info', `replacing fleet-agent ${own.version} by ${proof.version} (${order.launcher})`);
    const handover = this.#handover(order);
    const path = writeHandover(db.folder, handover);
    const kept: number[] = [];
    try {
      const to = { version: proof.version, launcher: realpathSync(order.launcher) };
      const { command } = order;
      // One that failed before is asked for again, or another is: nothing holds of it any more.
      if (proof.hasWayBack) trial.write({ state: 'on-trial', machineLife: readMachineLife(), from: own, to, command });
      else trial.remove();
      for (const fd of descriptorsOf(handover)) {
        keepOverExec(fd);
        kept.push(fd);
      }
      return becomeProgram(order.launcher, args, {
        ...env,
        [HANDOVER_VARIABLE]: path,
        [SENT_BACK_VARIABLE]: undefined,
      });
    } catch (thrown) {
      for (const fd of kept) setCloseOnExec(fd);
      trial.remove();
      rmSync(path, { force: true });
      throw thrown;
    }
  }

  #handover({ command }: UpgradeOrder): Handover {
    const { clock, engine, doors, files, own, daemon } = this.#parts;
    const at = clock.now();
    const handed = engine.handOver();
    return {
      ...{ format: HANDOVER_FORMAT, pid: process.pid, fromVersion: own.version, at, daemon: daemon(), command },
      ...handed,
      ...{ servers: doors.handOver(), heldOutput: files.held() },
    };
  }

  #tellFailure(thrown: unknown): unknown {
    this.#failed = { failures: this.#failed.failures + 1, lastFailure: messageOf(thrown) };
    this.#parts.log('error', `not replaced: ${this.#failed.lastFailure}; everything goes on as it was`);
    return thrown;
  }
}
