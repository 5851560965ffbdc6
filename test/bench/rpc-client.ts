/** An XML-RPC client that measures and does not interpret: one connection, kept, and the answer as text. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { writeCall } from '../support/rpc.ts';
import type { Daemon } from './subject.ts';

/** The sections that a daemon needs to be asked. */
export const served = `[unix_http_server]
file=%FOLDER%/rpc.sock

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

`;

export class RpcClient implements Disposable {
  readonly #socketPath: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(daemon: Pick<Daemon, 'folder'>) {
    this.#socketPath = join(daemon.folder, 'rpc.sock');
  }

  /** @throws Error for whatever is no answer, a fault too: what is measured must have been done */
  async call(method: string, ...params: readonly string[]): Promise<string> {
    const body = writeCall(method, params);
    const headers = { 'Content-Type': 'text/xml', 'Content-Length': String(Buffer.byteLength(body)) };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { socketPath: this.#socketPath, agent: this.#agent, method: 'POST', path: '/RPC2', headers };
      request(options, resolve).once('error', reject).end(body);
    });
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    if (response.statusCode !== 200 || text.includes('<fault>')) throw new Error(`${method}: ${text.slice(0, 500)}`);
    return text;
  }

  /** Resolves with the first answer of a daemon that is starting. */
  async untilAnswered(): Promise<void> {
    for (;;) {
      try {
        await this.call('supervisor.getState');
        return;
      } catch {
        await wait(1); // it does not listen yet
      }
    }
  }

  async untilRunning(count: number): Promise<void> {
    await this.untilAnswered();
    const runs = async () => (await this.call('supervisor.getAllProcessInfo')).split('>RUNNING<').length - 1;
    while ((await runs()) < count) await wait(100);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
