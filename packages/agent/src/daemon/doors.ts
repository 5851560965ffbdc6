/** The HTTP servers of the daemon: opened, and opened anew at a reload. All lead to the same rooms of compat/. */
import { closeSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MAIN_RPC_INTERFACE, type ParsedConfig } from '@fleetvisor/config';
import { type FleetError, messageOf, type Random, sleep } from '@fleetvisor/primitives';
import type { Daemon } from '../compat/daemon.ts';
import { addressKey, type HandedServers } from '../compat/http/handed-servers.ts';
import {
  type OpenOptions,
  type OpenServer,
  type OpenServers,
  openServer,
  openServers,
} from '../compat/http/open-servers.ts';
import type { Route } from '../compat/http/route.ts';
import { rpcRoute } from '../compat/http/rpc-route.ts';
import { logTailRoutes } from '../compat/log-tail/log-tail-routes.ts';
import { supervisorMethods } from '../compat/methods/supervisor-methods.ts';
import { statusPageRoute } from '../compat/status-page/status-page-route.ts';
import { Dispatcher } from '../compat/xmlrpc/dispatch.ts';
import { inNamespace, type XmlRpcMethod } from '../compat/xmlrpc/method.ts';

export interface DoorsParts extends Omit<OpenOptions, 'routes' | 'clock' | 'log'> {
  readonly daemon: Daemon;
  readonly random: Random;
  readonly version: string;
  /** For whoever may enter the data folder alone. */
  readonly controlMethods: readonly XmlRpcMethod[];
}

export class Doors implements AsyncDisposable {
  readonly #parts: DoorsParts;
  readonly #methods: readonly XmlRpcMethod[];
  readonly #pages: readonly Route[];
  #servers: OpenServers | undefined;
  #control: OpenServer | undefined;
  /** Until all that was handed over is taken over. */
  #handed: HandedServers | undefined;

  constructor(parts: DoorsParts) {
    const { daemon, random, version } = parts;
    this.#parts = parts;
    this.#handed = parts.handed;
    this.#methods = supervisorMethods(daemon);
    this.#pages = [...logTailRoutes(daemon), statusPageRoute({ daemon, random, version })];
  }

  /**
   * Opens the servers of a config, after closing those of the one before.
   * @param onRefused as for `openServers`: to a daemon that runs, one server is better than none
   * @throws FleetError in Supervisor's words where there is no `onRefused`; none is open then
   */
  async open({ httpServers, rpcInterfaces }: ParsedConfig, onRefused?: (error: FleetError) => void): Promise<void> {
    await this.#servers?.[Symbol.asyncDispose]();
    this.#servers = undefined;
    const own = rpcInterfaces.filter(({ factory }) => factory === MAIN_RPC_INTERFACE).map(({ name }) => name);
    const methods = own.flatMap((name) => this.#methods.map((method) => inNamespace(name, method)));
    this.#servers = await openServers(httpServers, this.#options(methods), own, onRefused);
  }

  /** Opens the door for whoever may enter the data folder: it is there whatever the config says. */
  async openControl(dataDir: string): Promise<void> {
    const path = join(dataDir, 'control.sock');
    try {
      const address = { kind: 'unix', path, mode: 0o600, username: undefined, password: undefined } as const;
      // The folder is ours alone: what lies there is of an agent that was killed.
      if (this.#handed?.[addressKey(address)] === undefined) rmSync(path, { force: true });
      const methods = [...this.#methods, ...this.#parts.controlMethods];
      this.#control = await openServer(address, this.#options(methods));
    } catch (error) {
      this.#parts.daemon.mainLog.log('warn', `cannot listen on ${path}: ${messageOf(error)}`);
    }
  }

  /** What was handed over is taken over: a server that is opened from now on is a new one. */
  endTakeOver(): void {
    const taken = this.handOver();
    for (const [address, { fd, connections }] of Object.entries(this.#handed ?? {}))
      if (taken[address] === undefined) for (const each of [fd, ...connections]) closeSync(each);
    this.#handed = undefined;
  }

  /** Resolves when no answer is under way, at the latest after `ms`: one that has no end, a log tail, is not waited for. */
  async quiet(ms: number): Promise<void> {
    const over = new AbortController();
    const late = sleep(this.#parts.daemon.clock, ms, over.signal).catch(() => undefined);
    await Promise.race([Promise.all([this.#servers?.quiet(), this.#control?.quiet()]), late]);
    over.abort();
  }

  /** All sockets, for another life of the agent in this process. */
  handOver(): HandedServers {
    const control = this.#control?.handOver();
    return { ...this.#servers?.handOver(), ...(control && Object.fromEntries([control])) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#servers?.[Symbol.asyncDispose](), this.#control?.[Symbol.asyncDispose]()]);
  }

  #options(methods: readonly XmlRpcMethod[]): OpenOptions {
    const { daemon, users, warn } = this.#parts;
    const { clock } = daemon;
    const { log } = daemon.mainLog;
    const dispatcher = new Dispatcher({ methods, clock, isRunning: () => daemon.state() === 'running', log });
    return { routes: [rpcRoute({ dispatcher, log }), ...this.#pages], clock, log, users, warn, handed: this.#handed };
  }
}
