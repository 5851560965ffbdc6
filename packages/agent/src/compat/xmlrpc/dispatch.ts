/** Finds the method that is called, sees to its parameters, runs it. Knows neither XML nor HTTP. */
import { pythonRepr } from '@fleetvisor/config';
import type { Clock } from '@fleetvisor/primitives';
import type { Daemon } from '../daemon.ts';
import { XmlRpcFault } from './fault.ts';
import { checkCount, fitParameters } from './fit-parameters.ts';
import { introspectionMethods } from './introspection-methods.ts';
import type { XmlRpcMethod } from './method.ts';
import { multicall } from './multicall.ts';
import type { XmlRpcAnswer, XmlRpcValue } from './value.ts';

/** Of a name that is none of ours: it can be anything, and any length. */
const SHOWN_CHARS_MAX = 100;

export interface DispatcherOptions {
  /** All but `system.*`, aliases too. Their namespaces are named by the sections `[rpcinterface:...]`: without one there are none. */
  readonly methods: readonly XmlRpcMethod[];
  readonly clock: Clock;
  /** While it is not, methods answer SHUTDOWN_STATE, unless they say otherwise. */
  readonly isRunning: () => boolean;
  readonly log: Daemon['mainLog']['log'];
}

export class Dispatcher {
  readonly #methods: ReadonlyMap<string, XmlRpcMethod>;
  readonly #isRunning: () => boolean;
  readonly #log: DispatcherOptions['log'];

  constructor({ methods, clock, isRunning, log }: DispatcherOptions) {
    const call = (name: string, params: readonly XmlRpcValue[]) => this.call(name, params);
    const all: readonly XmlRpcMethod[] = [...methods, ...introspectionMethods(() => all), multicall(clock, call)];
    this.#methods = new Map(all.map((method) => [method.name, method]));
    this.#isRunning = isRunning;
    this.#log = log;
  }

  /**
   * @throws XmlRpcFault; anything else is a fault of the method and has been told to the main log
   */
  async call(name: string, params: readonly XmlRpcValue[]): Promise<XmlRpcAnswer> {
    const shown = this.#methods.has(name) ? name : pythonRepr(name.slice(0, SHOWN_CHARS_MAX));
    this.#log('trace', `XML-RPC method called: ${shown}()`);
    try {
      const answer = await this.#run(name, params);
      this.#log('trace', `XML-RPC method ${shown}() returned successfully`);
      return answer;
    } catch (error) {
      this.#tell(shown, error);
      throw error;
    }
  }

  #run(name: string, params: readonly XmlRpcValue[]): XmlRpcAnswer | Promise<XmlRpcAnswer> {
    // Only what was published is ever found: nothing is walked, and no name can lead elsewhere (CVE-2017-11610).
    const method = this.#methods.get(name);
    if (method === undefined) throw new XmlRpcFault('UNKNOWN_METHOD');
    // In this order as in Supervisor, whose methods look at the state first thing and at a type when they come to use it.
    checkCount(method.parameters, params);
    if (!this.#isRunning() && !method.isAnsweredToTheEnd) throw new XmlRpcFault('SHUTDOWN_STATE');
    return method.call(fitParameters(method.parameters, params));
  }

  #tell(name: string, error: unknown): void {
    if (error instanceof XmlRpcFault) {
      this.#log('trace', `XML-RPC method ${name}() returned fault: [${error.code}] ${error.message}`);
      return;
    }
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log('critical', `Handling XML-RPC request ${name}() raised an unexpected exception: ${what}`);
  }
}
