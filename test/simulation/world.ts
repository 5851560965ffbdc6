/**
 * One world: hosts, a controller, a network between them, and people who push and command. It makes a plan happen and lets
 * checkers look on. Everything in it is real but time, chance, processes, the network and the loss of power.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedController } from './controller/simulated-controller.ts';
import { Timeline } from './engine/timeline.ts';
import { Trace } from './engine/trace.ts';
import { SimulatedHost } from './host/simulated-host.ts';
import { messageLine, sessionOf } from './network/message-line.ts';
import { Network } from './network/network.ts';
import { type Observer, Observers } from './observer.ts';
import { People } from './people.ts';
import { ownConfig } from './plan/config-files.ts';
import { makeHappen } from './plan/make-happen.ts';
import type { Plan } from './plan/plan.ts';
import type { Sabotage } from './sabotage.ts';

export interface WorldParts {
  readonly plan: Plan;
  readonly sabotage: Sabotage;
  /** Where everybody's disks are; made, and removed at the end. */
  readonly disks: string;
}

export class World implements Disposable {
  readonly plan: Plan;
  readonly timeline = new Timeline();
  readonly trace = new Trace(this.timeline);
  readonly observers = new Observers();
  readonly hosts: readonly SimulatedHost[];
  readonly controller: SimulatedController;
  readonly network: Network;
  readonly people: People;
  readonly #folder: string;
  /** What must always hold and did not, in the order of finding. */
  readonly violations: string[] = [];

  constructor({ plan, sabotage, disks }: WorldParts) {
    const { seed } = plan;
    const { timeline, trace, observers } = this;
    this.plan = plan;
    this.#folder = mkdtempSync(join(disks, `fleet-world-${seed}-`));
    this.network = new Network({
      ...{ seed, timeline },
      listener: () => this.controller.listener,
      tap: {
        fromAgent: (connection, message) => {
          const sent = sabotage.fromAgent ? sabotage.fromAgent(connection.host, message) : message;
          trace.note(`${connection.host} #${connection.number} -> ${messageLine(message)}`);
          if (sent !== undefined) observers.fromAgent(connection, sent);
          return sent;
        },
        fromController: (connection, message) => {
          trace.note(`${connection.host} #${connection.number} <- ${messageLine(message)}`);
          const session = sessionOf(message);
          if (session !== undefined) trace.tell(`web${connection.host}`, `session ${session} is welcomed`);
          observers.fromController(connection, sabotage.claimed?.(message) ?? message);
          return sabotage.fromController ? sabotage.fromController(message) : message;
        },
      },
    });
    this.controller = new SimulatedController({
      ...{ seed, timeline, sabotage, folder: join(this.#folder, 'controller') },
      gone: () => this.network.controllerGone(),
      tell: (what) => trace.tell('controller', what),
    });
    this.hosts = Array.from({ length: plan.hosts }, (_, i) => this.#host(i + 1, sabotage));
    this.people = new People(this);
  }

  observe(observer: Observer): void {
    this.observers.add(observer);
  }

  violated(checker: string, what: string): void {
    this.violations.push(`${checker}: ${what}`);
    this.trace.tell('VIOLATION', `${checker}: ${what}`);
  }

  host(number: number): SimulatedHost {
    const host = this.hosts[number - 1];
    if (host === undefined) throw new RangeError(`there is no host ${number}`);
    return host;
  }

  /** Begins: from now on it happens as time passes. */
  begin(): void {
    this.controller.start();
    for (const [i, host] of this.hosts.entries()) {
      this.timeline.after(this.plan.joinsAtMs[i] ?? 0, () => host.start());
    }
    for (const { atMs, happening } of this.plan.items) {
      this.timeline.after(atMs, () => makeHappen(this, happening));
    }
  }

  /** Lets time pass; a violation ends it. */
  async pass(untilMs: number): Promise<void> {
    await this.timeline.runUntil(untilMs, () => this.violations.length > 0);
  }

  [Symbol.dispose](): void {
    this.controller.life?.end();
    for (const host of this.hosts) host.vanish();
    queueMicrotask(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  #host(number: number, sabotage: Sabotage): SimulatedHost {
    const { timeline, trace, network, observers } = this;
    const { seed } = this.plan;
    return new SimulatedHost({
      ...{ seed, number, timeline, network, sabotage, folder: this.#folder },
      hostGroups: ['every', number % 2 === 1 ? 'odd' : 'even'],
      ownFile: ownConfig(seed, number),
      ranTwice: (child, other) => observers.ranTwice(number, child, other),
      commandCame: (commandId, ttlMs) => observers.commandCame(number, commandId, ttlMs),
      commandBegun: (commandId, verb) => observers.commandBegun(number, commandId, verb),
      replaced: (commandId) => observers.replaced(number, commandId),
      goesOn: () => observers.goesOn(number),
      tell: (what) => trace.tell(`web${number}`, what),
      note: (what) => trace.note(what),
    });
  }
}
