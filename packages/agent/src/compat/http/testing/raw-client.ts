/** A client for tests that sends bytes as they are, when it is told to. */
import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';

export class RawClient implements Disposable {
  readonly socket: Socket;
  #received = '';
  #isEnded = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
    });
    socket.on('error', () => {}); // told by `ended`
    socket.on('close', () => {
      this.#isEnded = true;
    });
  }

  static async to(address: string | number): Promise<RawClient> {
    const options: NetConnectOpts =
      typeof address === 'string' ? { path: address } : { host: '127.0.0.1', port: address };
    const socket = connect(options);
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  get received(): string {
    return this.#received;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Everything received once it matches, or once the server has ended the connection. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#received) && !this.#isEnded) await nextChange(this.socket);
    return this.#received;
  }

  async ended(): Promise<void> {
    while (!this.#isEnded) await nextChange(this.socket);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

function nextChange(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('data', done).off('close', done);
      resolve();
    };
    socket.once('data', done).once('close', done);
  });
}
