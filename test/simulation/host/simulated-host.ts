/** A host: its machine, its disk, and the agent that systemd keeps alive on it. */
import { join } from 'node:path';
import { messageOf } from '@fleetvisor/primitives';
import type { AgentEvent } from '../../../packages/agent/src/events/event.ts';
import type { Traces } from '../../../packages/agent/src/layers/predecessor.ts';
import type { AgentDb } from '../../../packages/agent/src/state/agent-db.ts';
import { CommandLog } from '../../../packages/agent/src/state/command-log.ts';
import { carryOut } from '../../../packages/agent/src/supervision/actions.ts';
import { chanceOf } from '../engine/chance.ts';
import { type Doom, Life } from '../engine/life.ts';
import type { Timeline } from '../engine/timeline.ts';
import type { Network } from '../network/network.ts';
import type { Sabotage } from '../sabotage.ts';
import { AgentDisk } from './agent-disk.ts';
import { FakeOs, type FakeOsParts } from './fake-os.ts';
import { leftBehind } from './fake-process-host.ts';
import type { SimulatedHandover } from './replacement.ts';
import type { SimulatedEngine } from './simulated-engine.ts';
import { startSimulatedEngine } from './simulated-engine.ts';
import { type SimulatedLink, startSimulatedLink } from './simulated-link.ts';
import { firstVersion, Versions } from './versions.ts';

export interface HostParts {
  readonly seed: number;
  readonly number: number;
  readonly timeline: Timeline;
  readonly network: Network;
  readonly folder: string;
  readonly hostGroups: readonly string[];
  /** What its own config file says at first. */
  readonly ownFile: string;
  readonly sabotage: Sabotage;
  readonly ranTwice: FakeOsParts['ranTwice'];
  readonly commandCame: (commandId: string, ttlMs: number) => void;
  readonly commandBegun: (commandId: string, verb: string) => void;
  /** The agent goes on as another version, for that command if for one; and does so now. */
  readonly replaced: (commandId: string | undefined) => void;
  readonly goesOn: () => void;
  readonly tell: (what: string) => void;
  readonly note: (what: string) => void;
}

/** Of systemd, for an agent that has died. */
const restartMs = 1_000;
/** From the end of one version to the start of the next in its process: measured were 20 to 30 ms. */
const becomeMs = 25;

export class SimulatedHost {
  readonly number: number;
  readonly name: string;
  readonly os: FakeOs;
  readonly disk: AgentDisk;
  readonly versions = new Versions();
  readonly #parts: HostParts;
  #ownFile: string;
  #life: Life | undefined;
  #engine: SimulatedEngine | undefined;
  #db: AgentDb | undefined;
  #link: SimulatedLink | undefined;
  #lives = 0;
  #isOn = true;
  #links = 0;
  /** Known once it has been started. */
  hostId = '';
  /** When an agent ended, and whether that was a loss of power. */
  readonly replacedAtMs: number[] = [];
  readonly deaths: { readonly atMs: number; readonly isPowerCut: boolean }[] = [];

  constructor(parts: HostParts) {
    const { seed, number, timeline, tell } = parts;
    this.#parts = parts;
    this.number = number;
    this.#ownFile = parts.ownFile;
    this.name = `web${number}`;
    const { ranTwice } = parts;
    this.os = new FakeOs({ seed, host: number, timeline, ranTwice, changed: tell });
    parts.sabotage.os?.(this.os);
    this.disk = new AgentDisk(join(parts.folder, this.name), timeline, chanceOf(seed, 'disk', number));
  }

  /** Of the agent that lives. */
  get db(): AgentDb | undefined {
    return this.#db;
  }

  /** Its own config file, as it is now. */
  get ownFile(): string {
    return this.#ownFile;
  }

  /** Undefined while no agent lives. */
  get engine(): SimulatedEngine | undefined {
    return this.#engine;
  }

  get link(): SimulatedLink | undefined {
    return this.#link;
  }

  /** An agent is started, where none lives. @param handover of the life before in the same process */
  start(handover?: SimulatedHandover): void {
    const { seed, number, timeline, sabotage, tell, note } = this.#parts;
    if (this.#life !== undefined || !this.#isOn) return;
    const life = new Life(timeline, () => this.os.time);
    const random = chanceOf(seed, 'agent', number, ++this.#lives);
    this.#life = life;
    try {
      const db = this.disk.open(life);
      const traces: Traces = {
        find: () => leftBehind(this.os),
        isAlive: (child) => this.os.find(child) !== undefined,
      };
      this.#db = db;
      const { version, failed } = this.versions.starting(db.folder, this.os.machineLife, handover?.to);
      tell(`an agent starts${version.version === firstVersion ? '' : ` (${version.version})`}`);
      this.#engine = startSimulatedEngine({
        ...{ life, os: this.os, db, random, ownFile: () => this.#ownFile },
        settings: {
          ...{ endpoints: ['controller:7401'], name: this.name, hostGroups: this.#parts.hostGroups },
          ...{ labels: {}, dataDir: this.disk.folder },
        },
        traces: sabotage.traces?.(traces, this.os) ?? traces,
        commandLog: sabotage.commandLog?.(db, life.clock) ?? new CommandLog(db, life.clock),
        spoolWaitMs: sabotage.spoolWaitMs ?? 0,
        startLink: () => this.#startLink(life),
        ...{ version, failed, handover: sabotage.forgetsHandover === true ? undefined : handover },
        installed: () => this.versions.newest,
        become: (next) => this.#become(life, next),
        carryOut: sabotage.carryOut ?? carryOut,
        processHost: (real) => sabotage.processHost?.(real) ?? real,
        commandBegun: this.#parts.commandBegun,
        recorded: (event) => note(`${this.name} records ${event.kind}${detailOf(event)}`),
        log: (level, text) => {
          if (level === 'critical' && !life.isOver) tell(`${level}: ${text.replaceAll(this.disk.folder, 'DATA')}`);
        },
      });
      this.hostId = this.#engine.hostId;
      sabotage.supervisor?.(this.#engine.supervisor);
      if (handover !== undefined) this.#tookOver(life, handover, sabotage);
    } catch (error) {
      tell(`the agent could not start: ${messageOf(error).replaceAll(this.disk.folder, 'DATA')}`);
      this.#ended(restartMs);
    }
  }

  /** @param backAfterMs when systemd starts the next one */
  kill(doom: Doom, backAfterMs: number): void {
    this.#life?.doom(doom, () => {
      this.#parts.tell('the agent is killed');
      this.#ended(backAfterMs);
    });
  }

  /** What was to kill it and has not, does not any more. */
  spare(): void {
    this.#life?.spare();
  }

  /** The engine does nothing for a while; its link and its programs go on. */
  freeze(forMs: number): void {
    if (this.#life === undefined) return;
    this.#parts.tell(`the engine is frozen for ${forMs} ms`);
    this.#life.freeze(forMs);
  }

  killLink(): void {
    if (this.#link === undefined) return;
    this.#parts.tell('the link is killed');
    this.#link.kill();
  }

  /** `systemctl stop`, and a start some time after. */
  async stop(backAfterMs: number): Promise<void> {
    const life = this.#life;
    if (life === undefined || this.#engine === undefined) return;
    await life.goesOn();
    if (life.isOver) return;
    this.#parts.tell('the agent is stopped');
    try {
      await this.#engine.stop();
    } catch (error) {
      if (life.isOver) return;
      this.#parts.tell(`the agent did not stop in order: ${messageOf(error).replaceAll(this.disk.folder, 'DATA')}`);
    }
    if (life.isOver) return;
    this.#parts.tell('the agent has ended');
    this.#ended(backAfterMs);
  }

  /** Somebody edits its own config file; nobody reads it yet. */
  edit(text: string, what: string): void {
    this.#parts.tell(`its own config file is edited: ${what}`);
    this.#ownFile = text;
  }

  /** `supervisorctl update` on the host. */
  async update(): Promise<void> {
    await this.#atItsDoor('update', async ({ doors }) => doors.update());
  }

  /** SIGHUP. */
  async reload(): Promise<void> {
    await this.#atItsDoor('reload', async ({ doors }) => doors.reload());
  }

  /** `fleet-agent upgrade`, to what is installed. */
  async upgrade(): Promise<void> {
    await this.#atItsDoor('upgrade', async ({ upgrade }) => upgrade());
  }

  /** The power is gone, and comes back. */
  powerCut(backAfterMs: number): void {
    const { timeline, network, number, tell } = this.#parts;
    if (!this.#isOn) return;
    this.#isOn = false;
    tell('the power is cut');
    network.hostVanished(number);
    this.os.powerCut();
    const hadAgent = this.#life !== undefined;
    this.#life?.end();
    const restore = hadAgent ? this.disk.loseWhatIsNotSynced() : () => {};
    this.#forgetLife(true);
    timeline.after(0, restore);
    timeline.after(backAfterMs, () => {
      tell('the machine boots');
      this.os.boot();
      this.#isOn = true;
      this.start();
    });
  }

  /** The power is gone just before or after something that the agent does. */
  powerCutOver(doom: Doom, backAfterMs: number): void {
    this.#life?.doom(doom, () => this.powerCut(backAfterMs));
  }

  /** The story is over. */
  vanish(): void {
    this.#life?.end();
    this.#forgetLife();
  }

  stepWallClock(byMs: number): void {
    this.os.wallOffsetUs += byMs * 1000;
  }

  /** Whoever asks hears nothing of an agent that dies over it. */
  async #atItsDoor(what: string, ask: (engine: SimulatedEngine) => Promise<string>): Promise<void> {
    const [life, engine] = [this.#life, this.#engine];
    if (life === undefined || engine === undefined) return;
    await life.goesOn(); // a frozen engine hears nobody
    if (life.isOver) return;
    this.#parts.tell(`${what}, on the host itself`);
    try {
      const answer = await ask(engine);
      if (!life.isOver) this.#parts.tell(`${what} has ended: ${answer}`);
    } catch (error) {
      if (!life.isOver) this.#parts.tell(`${what} failed: ${messageOf(error).replaceAll(this.disk.folder, 'DATA')}`);
    }
  }

  #startLink(engineLife: Life): SimulatedLink {
    const { seed, number, timeline, network } = this.#parts;
    const life = new Life(timeline, () => this.os.time);
    const off = engineLife.onEnd(() => life.end());
    life.onEnd(off);
    const connect = (_endpoint: string, signal: AbortSignal) => network.dial(number, life, signal);
    this.#link = startSimulatedLink({
      ...{ life, connect, engine: engineLife, random: chanceOf(seed, 'link', number, ++this.#links) },
      toEngine: (message) => {
        if (message.kind === 'command') this.#parts.commandCame(message.commandId, message.ttlMs);
        return this.#parts.sabotage.toEngine?.(message) ?? message;
      },
    });
    return this.#link;
  }

  /** The process goes on as another version, in a moment; its children stay its own. */
  #become(life: Life, handover: SimulatedHandover): void {
    this.#parts.tell(`the agent becomes ${handover.to.version}`);
    this.replacedAtMs.push(this.#parts.timeline.nowMs);
    this.#parts.replaced(handover.command?.commandId);
    life.end();
    this.#letGo();
    this.#parts.timeline.after(becomeMs, () => this.start(handover));
  }

  #tookOver(life: Life, { to }: SimulatedHandover, sabotage: Sabotage): void {
    if (this.#engine !== undefined) sabotage.tookOver?.(this.#engine.supervisor);
    // Once what it does by itself is done, and nobody has asked for anything.
    life.after(0, () => this.#parts.goesOn());
    if (typeof to.flaw === 'string') return;
    life.after(to.flaw, () => {
      this.#parts.tell(`the agent dies (${to.version} is broken)`);
      this.#ended(restartMs);
    });
  }

  #ended(backAfterMs: number): void {
    this.#life?.end();
    this.os.orphan();
    this.#forgetLife();
    this.#parts.timeline.after(backAfterMs, () => this.start());
  }

  #forgetLife(isPowerCut = false): void {
    this.deaths.push({ atMs: this.#parts.timeline.nowMs, isPowerCut });
    this.#letGo();
  }

  #letGo(): void {
    this.#life = undefined;
    this.#db = undefined;
    this.#engine = undefined;
    this.#link = undefined;
  }
}

function detailOf(event: AgentEvent): string {
  if (event.kind !== 'transition') return '';
  const { process, transition } = event;
  return ` ${process.group}:${process.name} ${transition.from} ${transition.to} ${transition.run}`;
}
