/** What commands share while they run: the server they speak to, where lines go and come from, and the exit code. */
import type { CtlSpec } from '@fleetvisor/config';
import { CallError } from './client/call-error.ts';
import type { Credentials } from './client/connection.ts';
import { RpcClient } from './client/rpc-client.ts';
import { parseServerUrl, type ServerAddress, withoutPassword } from './client/server-url.ts';
import { SupervisorClient } from './client/supervisor-client.ts';
import { type CtlExitCode, exitCodes } from './exit-code.ts';
import { Interrupts } from './interrupts.ts';
import { LineReader } from './line-reader.ts';
import type { CtlWorld } from './world.ts';

export class CtlSession implements Disposable {
  readonly world: CtlWorld;
  readonly prompt: string;
  readonly historyFile: string | undefined;
  /** Questions are asked: in the shell, and with -i. */
  readonly isInteractive: boolean;
  readonly interrupts: Interrupts;
  exitCode: CtlExitCode = exitCodes.success;

  #serverUrl: string;
  #username: string | undefined;
  #password: string | undefined;
  #rpc: RpcClient | undefined;
  #lines: LineReader | undefined;

  constructor(spec: CtlSpec, isInteractive: boolean, world: CtlWorld) {
    this.world = world;
    this.prompt = spec.prompt;
    this.historyFile = spec.historyFile;
    this.isInteractive = isInteractive;
    this.interrupts = new Interrupts(world.onInterrupt);
    this.#serverUrl = spec.serverurl;
    this.#username = spec.username;
    this.#password = spec.password;
  }

  /** The methods of the server. @throws CallError for a URL that leads nowhere */
  get supervisor(): SupervisorClient {
    this.#rpc ??= new RpcClient(this.address, this.credentials);
    return new SupervisorClient(this.#rpc);
  }

  /** @throws CallError */
  get address(): ServerAddress {
    const parsed = parseServerUrl(this.#serverUrl);
    if (!parsed.ok) throw new CallError('other', 'ValueError', parsed.message);
    return parsed.address;
  }

  get credentials(): Credentials | undefined {
    const [username, password] = [this.#username, this.#password];
    return username === undefined || password === undefined ? undefined : { username, password };
  }

  /** The server's URL as it may be shown. */
  get shownUrl(): string {
    return withoutPassword(this.#serverUrl);
  }

  connectTo(serverUrl: string): void {
    this.hangUp();
    this.#serverUrl = serverUrl;
  }

  logInAs({ username, password }: Credentials): void {
    this.hangUp();
    this.#username = username;
    this.#password = password;
  }

  /** Ends the connection; the next call makes a new one. Each command begins with a fresh one, as the server may have gone. */
  hangUp(): void {
    this.#rpc?.[Symbol.dispose]();
    this.#rpc = undefined;
  }

  print(line: string): void {
    this.world.stdout.write(`${line}\n`);
  }

  /** Ends a command that could not do its work. */
  fail(line: string, exitCode: CtlExitCode = exitCodes.failed): void {
    this.print(line);
    this.exitCode = exitCode;
  }

  /** Opened when the first line is wanted. */
  get lines(): LineReader {
    this.#lines ??= new LineReader(this.world.stdin(), this.world.stdout, () => this.interrupts.raise());
    return this.#lines;
  }

  /** @throws CallError when there is nobody to answer */
  async ask(question: string, kind: 'plain' | 'secret' = 'plain'): Promise<string> {
    const answer = await (kind === 'secret' ? this.lines.nextSecret(question) : this.lines.next(question));
    if (answer === undefined) throw new CallError('other', 'EOFError', 'EOF when reading a line');
    return answer;
  }

  [Symbol.dispose](): void {
    this.hangUp();
    this.#lines?.[Symbol.dispose]();
    this.interrupts[Symbol.dispose]();
  }
}
