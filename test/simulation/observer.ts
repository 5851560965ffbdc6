/** What can be seen of the world from outside, as it happens. Checkers are observers. */
import type { SessionRequest, SessionResponse } from '@fleetvisor/protocol/link';
import type { Layer } from '../../packages/agent/src/supervision/status.ts';
import type { Child } from './host/fake-os.ts';
import type { FaultyConnection } from './network/faulty-link.ts';

export interface Observer {
  /** A message is given to the network. */
  fromAgent?(connection: FaultyConnection, message: SessionRequest): void;
  fromController?(connection: FaultyConnection, message: SessionResponse): void;
  /** A process was started while another one of the same program's process lives. */
  ranTwice?(host: number, child: Child, other: Child): void;
  /** A command has reached the link of its host, and may be begun within so long from then. */
  commandCame?(host: number, commandId: string, ttlMs: number): void;
  commandBegun?(host: number, commandId: string, verb: string): void;
  /** An agent becomes another version, for that command if for one; and has begun to go on as that. */
  replaced?(host: number, commandId: string | undefined): void;
  goesOn?(host: number): void;
  /** Nothing else goes on any more, and all hosts are given one layer anew: from now, and up to now. */
  layerChanges?(layer: Layer): void;
  layerChanged?(layer: Layer): void;
  /** A person gives a command, and hears of an outcome. */
  commandAnswered?(commandId: string, hostId: string, outcome: string): void;
}

/** All of them, told in turn. */
export class Observers implements Required<Observer> {
  readonly #all: Observer[] = [];

  add(observer: Observer): void {
    this.#all.push(observer);
  }

  fromAgent(...args: Parameters<Required<Observer>['fromAgent']>): void {
    for (const each of this.#all) each.fromAgent?.(...args);
  }

  fromController(...args: Parameters<Required<Observer>['fromController']>): void {
    for (const each of this.#all) each.fromController?.(...args);
  }

  ranTwice(...args: Parameters<Required<Observer>['ranTwice']>): void {
    for (const each of this.#all) each.ranTwice?.(...args);
  }

  commandCame(...args: Parameters<Required<Observer>['commandCame']>): void {
    for (const each of this.#all) each.commandCame?.(...args);
  }

  commandBegun(...args: Parameters<Required<Observer>['commandBegun']>): void {
    for (const each of this.#all) each.commandBegun?.(...args);
  }

  replaced(...args: Parameters<Required<Observer>['replaced']>): void {
    for (const each of this.#all) each.replaced?.(...args);
  }

  goesOn(...args: Parameters<Required<Observer>['goesOn']>): void {
    for (const each of this.#all) each.goesOn?.(...args);
  }

  layerChanges(...args: Parameters<Required<Observer>['layerChanges']>): void {
    for (const each of this.#all) each.layerChanges?.(...args);
  }

  layerChanged(...args: Parameters<Required<Observer>['layerChanged']>): void {
    for (const each of this.#all) each.layerChanged?.(...args);
  }

  commandAnswered(...args: Parameters<Required<Observer>['commandAnswered']>): void {
    for (const each of this.#all) each.commandAnswered?.(...args);
  }
}
