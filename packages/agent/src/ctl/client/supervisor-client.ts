/** The methods of Supervisor that the commands need, with typed answers. Every one of them may throw RpcFault or CallError. */
import type { Decoder } from './decode.ts';
import type { RpcClient } from './rpc-client.ts';

/** What a method on many processes says of one. `status` is a fault code, 80 for success. */
export interface ProcessResult {
  readonly group: string;
  readonly name: string | undefined;
  readonly status: number;
  readonly description: string;
}

export interface ProcessInfo {
  readonly group: string;
  readonly name: string;
  readonly state: number;
  readonly statename: string;
  readonly description: string;
  readonly pid: number;
}

export interface ConfigInfo {
  readonly group: string;
  readonly name: string;
  readonly inUse: boolean;
  readonly autostart: boolean;
  readonly groupPriority: number;
  readonly processPriority: number;
}

export interface Reread {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

type ManyVerb =
  | 'startAllProcesses'
  | 'startProcessGroup'
  | 'stopAllProcesses'
  | 'stopProcessGroup'
  | 'signalAllProcesses'
  | 'signalProcessGroup'
  | 'clearAllProcessLogs';

export class SupervisorClient {
  readonly #rpc: RpcClient;

  constructor(rpc: RpcClient) {
    this.#rpc = rpc;
  }

  /** Of the interface, by its old name: every version has it. */
  async apiVersion(): Promise<string> {
    return (await this.#call('getVersion')).text();
  }

  async supervisorVersion(): Promise<string> {
    return (await this.#call('getSupervisorVersion')).text();
  }

  async pid(): Promise<number> {
    return (await this.#call('getPID')).number();
  }

  async allProcesses(): Promise<readonly ProcessInfo[]> {
    return (await this.#call('getAllProcessInfo')).list().map(processInfo);
  }

  async process(namespec: string): Promise<ProcessInfo> {
    return processInfo(await this.#call('getProcessInfo', namespec));
  }

  async allConfigs(): Promise<readonly ConfigInfo[]> {
    return (await this.#call('getAllConfigInfo')).list().map(configInfo);
  }

  /** A method that does something to each of several processes. */
  async toMany(verb: ManyVerb, ...params: readonly string[]): Promise<readonly ProcessResult[]> {
    return (await this.#call(verb, ...params)).list().map(processResult);
  }

  async startProcess(namespec: string): Promise<void> {
    await this.#call('startProcess', namespec);
  }

  async stopProcess(namespec: string): Promise<void> {
    await this.#call('stopProcess', namespec);
  }

  async signalProcess(namespec: string, signal: string): Promise<void> {
    await this.#call('signalProcess', namespec, signal);
  }

  async clearProcessLogs(namespec: string): Promise<void> {
    await this.#call('clearProcessLogs', namespec);
  }

  async sendStdin(namespec: string, text: string): Promise<void> {
    await this.#call('sendProcessStdin', namespec, text);
  }

  /** The last bytes of a log. */
  async readLog(namespec: string, channel: 'stdout' | 'stderr', bytes: number): Promise<string> {
    const method = channel === 'stdout' ? 'readProcessStdoutLog' : 'readProcessStderrLog';
    return (await this.#call(method, namespec, -bytes, 0)).text();
  }

  async readMainLog(bytes: number): Promise<string> {
    return (await this.#call('readLog', -bytes, 0)).text();
  }

  async reread(): Promise<Reread> {
    // Supervisor wraps the three lists in a list of one.
    const [added = [], changed = [], removed = []] = ((await this.#call('reloadConfig')).list()[0]?.list() ?? []).map(
      (names) => names.list().map((name) => name.text()),
    );
    return { added, changed, removed };
  }

  async addGroup(name: string): Promise<void> {
    await this.#call('addProcessGroup', name);
  }

  async removeGroup(name: string): Promise<void> {
    await this.#call('removeProcessGroup', name);
  }

  async shutdown(): Promise<void> {
    await this.#call('shutdown');
  }

  async restart(): Promise<void> {
    await this.#call('restart');
  }

  #call(method: string, ...params: readonly (string | number)[]): Promise<Decoder> {
    return this.#rpc.call(`supervisor.${method}`, ...params);
  }
}

function processInfo(info: Decoder): ProcessInfo {
  return {
    group: info.member('group').text(),
    name: info.member('name').text(),
    state: info.member('state').number(),
    statename: info.member('statename').text(),
    description: info.member('description').text(),
    pid: info.member('pid').number(),
  };
}

function configInfo(info: Decoder): ConfigInfo {
  return {
    group: info.member('group').text(),
    name: info.member('name').text(),
    inUse: info.member('inuse').boolean(),
    autostart: info.member('autostart').boolean(),
    groupPriority: info.member('group_prio').number(),
    processPriority: info.member('process_prio').number(),
  };
}

function processResult(result: Decoder): ProcessResult {
  return {
    group: result.member('group').text(),
    name: result.member('name').text(),
    status: result.member('status').number(),
    description: result.member('description').text(),
  };
}
