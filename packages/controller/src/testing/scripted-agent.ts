/** An agent as a script: dials the real link port and says just what a test tells it to say. */
import { once } from 'node:events';
import { type EventBody, EventBody as EventBodyCodec, ProcessState, ProcessStatus } from '@fleetvisor/protocol/common';
import {
  GoodbyeReason,
  Hello,
  LinkServiceClient,
  type LogStreamRequest,
  type LogStreamResponse,
  type SessionRequest,
  type SessionResponse,
} from '@fleetvisor/protocol/link';
import { type ClientDuplexStream, credentials } from '@grpc/grpc-js';

type Body = NonNullable<SessionResponse['body']>;
type Case = Body['$case'];
type BodyOf<C extends Case> = Extract<Body, { $case: C }>['value'];

/** UUIDs that a test can read. */
export const hostIdOf = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const epochOf = (n: number) => `01890000-0000-7000-9000-${String(n).padStart(12, '0')}`;

export class ScriptedAgent implements AsyncDisposable {
  readonly #client: LinkServiceClient;
  readonly #stream: ClientDuplexStream<SessionRequest, SessionResponse>;
  readonly #messages: AsyncIterator<SessionResponse>;
  readonly #unread: Body[] = [];

  private constructor(address: string) {
    this.#client = new LinkServiceClient(address, credentials.createInsecure());
    this.#stream = this.#client.session();
    this.#stream.on('error', () => {}); // reading tells of it
    this.#messages = this.#stream[Symbol.asyncIterator]();
  }

  /** Dials and says hello; does not wait for an answer. `n` makes the host_id and the epoch. */
  static dial(address: string, n: number, hello: Partial<Hello>): ScriptedAgent {
    const agent = new ScriptedAgent(address);
    agent.send({
      $case: 'hello',
      value: Hello.fromPartial({
        hostId: hostIdOf(n),
        name: `host${n}`,
        bootId: hostIdOf(900 + n),
        engineInstanceId: hostIdOf(800 + n),
        agentVersion: '0.1.0',
        protocolMin: 1,
        protocolMax: 1,
        facts: { hostname: `host${n}.example`, os: 'linux' },
        events: { epoch: epochOf(n), firstSeq: 1n, nextSeq: 1n, ackedSeq: 0n },
        config: {},
        localDigest: '0'.repeat(64),
        ...hello,
      }),
    });
    return agent;
  }

  /** The same, and waits until the session stands with a snapshot of these processes. */
  static async connect(
    address: string,
    n: number,
    hello: Partial<Hello>,
    processes: readonly ProcessStatus[] = [],
  ): Promise<ScriptedAgent> {
    const agent = ScriptedAgent.dial(address, n, hello);
    await agent.next('welcome');
    agent.send({
      $case: 'snapshot',
      value: { version: 1n, chunk: 0, chunkCount: 1, processes: [...processes] },
    });
    return agent;
  }

  send(body: NonNullable<SessionRequest['body']>): void {
    this.#stream.write({ body });
  }

  /** Sends events with the numbers from `firstSeq` on. */
  sendEvents(n: number, firstSeq: bigint, kinds: readonly NonNullable<EventBody['kind']>[]): void {
    const events = kinds.map((kind, index) => ({
      seq: firstSeq + BigInt(index),
      atUs: 1_700_000_000_000_000n,
      body: Buffer.from(EventBodyCodec.encode({ kind }).finish()),
    }));
    this.send({ $case: 'events', value: { epoch: epochOf(n), events } });
  }

  /** The next message of the case; others are kept for later. */
  async next<C extends Case>($case: C): Promise<BodyOf<C>> {
    const at = this.#unread.findIndex((body) => body.$case === $case);
    const [kept] = at === -1 ? [] : this.#unread.splice(at, 1);
    let body = kept;
    while (body?.$case !== $case) {
      if (body !== undefined) this.#unread.push(body);
      const next = await this.#messages.next();
      if (next.done) throw new Error(`the session ended before a ${$case} came`);
      body = next.value.body;
    }
    return body.value as BodyOf<C>; // the loop ends with this case alone
  }

  /** Opens the log stream that was asked for, sends the text in one chunk, and ends it. */
  async answerLog(streamId: string, hostId: string, session: bigint, text: string): Promise<void> {
    const stream: ClientDuplexStream<LogStreamRequest, LogStreamResponse> = this.#client.logStream();
    stream.on('error', () => {});
    const granted = once(stream, 'data');
    stream.write({ body: { $case: 'start', value: { hostId, session, streamId } } });
    await granted;
    stream.write({ body: { $case: 'chunk', value: { data: Buffer.from(text), skippedBytes: 0n } } });
    stream.write({ body: { $case: 'end', value: { error: '' } } });
    stream.end();
  }

  /** Says goodbye for good, and hangs up once the controller has heard it. */
  async leave(): Promise<void> {
    this.send({ $case: 'goodbye', value: { reason: GoodbyeReason.STOP, expectedBackMs: 0 } });
    this.#stream.end();
    this.#stream.resume();
    await once(this.#stream, 'status');
    this.#client.close();
  }

  /** Hangs up without a word, as a cut network does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.cancel();
    this.#client.close();
  }
}

/** A process that runs. */
export function runningProcess(group: string, name: string, pid: number): ProcessStatus {
  return ProcessStatus.fromPartial({
    process: { group, name },
    state: ProcessState.RUNNING,
    layer: 1,
    run: 1n,
    pid,
    startedAtUs: 1_700_000_000_000_000n,
    uptimeUs: 5_000_000n,
    description: `pid ${pid}, uptime 0:00:05`,
    stdoutLogfile: `/var/log/${name}.log`,
  });
}
