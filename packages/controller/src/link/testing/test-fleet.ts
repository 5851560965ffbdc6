/** A fleet over a real store with agents that are scripts, joined by links in memory, on a clock that the test moves. */
import { type Link, linkPair, seededRandom, VirtualClock } from '@fleetvisor/primitives';
import { EventBody, type Outcome, type ConfigPhase as Phase, type ProcessStatus } from '@fleetvisor/protocol/common';
import {
  CommandPhase,
  type ConfigOffer,
  Hello,
  type SessionRequest,
  type SessionResponse,
} from '@fleetvisor/protocol/link';
import type { Action } from '../../fleet/action.ts';
import type { HostCommandResult } from '../../fleet/commands.ts';
import type { FleetLog } from '../../fleet/fleet-log.ts';
import { type Fleet, startFleet } from '../../start-fleet.ts';
import { type TemporaryStore, temporaryStore } from '../../store/sqlite/test-support/temporary-store.ts';
import { runSession } from '../session.ts';

type Body = NonNullable<SessionResponse['body']>;
type BodyOf<C extends Body['$case']> = Extract<Body, { $case: C }>['value'];

export const hostIdOf = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const epochOf = (n: number) => `01890000-0000-7000-9000-${String(n).padStart(12, '0')}`;

export class TestFleet implements AsyncDisposable {
  readonly clock: VirtualClock;
  fleet: Fleet;
  /** What was logged as an error: nothing, in a test that does not look at it. */
  readonly errors: string[];
  readonly #stored: TemporaryStore;
  readonly #stop = new AbortController();
  readonly #sessions: Promise<void>[] = [];

  private constructor(clock: VirtualClock, stored: TemporaryStore, fleet: Fleet, errors: string[]) {
    this.clock = clock;
    this.#stored = stored;
    this.fleet = fleet;
    this.errors = errors;
  }

  static async start(): Promise<TestFleet> {
    const clock = new VirtualClock();
    const stored = await temporaryStore();
    const errors: string[] = [];
    return new TestFleet(clock, stored, await startOn(stored, clock, errors), errors);
  }

  /** Ends the controller's side and starts another on the same data. */
  async restart(): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
    await this.#stored.reopen();
    this.fleet = await startOn(this.#stored, this.clock, this.errors);
  }

  /** An agent that has said Hello; `n` makes its host_id, epoch and life. */
  dial(n: number, hello: Partial<Hello> = {}): LinkedAgent {
    const agent = this.dialSilently(n);
    void agent.sayHello(hello);
    return agent;
  }

  dialSilently(n = 0): LinkedAgent {
    const [agentEnd, controllerEnd] = linkPair<SessionRequest, SessionResponse>();
    this.#sessions.push(runSession(controllerEnd, `10.0.0.${n}:50000`, this.fleet.agents, this.#stop.signal));
    return new LinkedAgent(n, agentEnd);
  }

  /** The same, when it has been welcomed. */
  async connect(n: number, hello: Partial<Hello> = {}): Promise<LinkedAgent> {
    const agent = this.dial(n, hello);
    await agent.next('welcome');
    return agent;
  }

  /** A command that has been sent to the agent, and the answer to come. */
  async ask(
    agent: LinkedAgent,
    action: Action,
  ): Promise<{ commandId: string; answer: Promise<IteratorResult<HostCommandResult>> }> {
    const request = { hostIds: [hostIdOf(agent.n)], action, actor: 'ada', reason: '', timeoutMs: 60_000 };
    const answer = this.fleet.commands.run(request).next();
    return { commandId: (await agent.next('command')).commandId, answer };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the test is over'));
    await Promise.all(this.#sessions);
    await this.fleet[Symbol.asyncDispose]();
    await this.#stored[Symbol.asyncDispose]();
  }
}

function startOn({ store }: TemporaryStore, clock: VirtualClock, errors: string[]): Promise<Fleet> {
  const log: FleetLog = { info: () => {}, warn: () => {}, error: (_facts, message) => errors.push(message) };
  return startFleet({ store, clock, random: seededRandom(1), log, version: '0.1.0' });
}

export class LinkedAgent {
  readonly n: number;
  readonly #link: Link<SessionRequest, SessionResponse>;
  readonly #messages: AsyncIterator<SessionResponse>;
  readonly #unread: Body[] = [];

  constructor(n: number, link: Link<SessionRequest, SessionResponse>) {
    this.n = n;
    this.#link = link;
    this.#messages = link.incoming[Symbol.asyncIterator]();
  }

  async sayHello(hello: Partial<Hello>): Promise<void> {
    const { n } = this;
    const value = Hello.fromPartial({
      hostId: hostIdOf(n),
      name: `web${n}`,
      hostGroups: ['web'],
      engineInstanceId: `life ${n}`,
      agentVersion: '0.1.0',
      protocolMin: 1,
      protocolMax: 1,
      facts: { hostname: `web${n}.example`, os: 'linux' },
      events: { epoch: epochOf(n), firstSeq: 1n, nextSeq: 1n },
      wallTimeUs: 1_700_000_000_000_000n,
      ...hello,
    });
    await this.say({ $case: 'hello', value });
  }

  async say(body: NonNullable<SessionRequest['body']>): Promise<void> {
    await this.#link.send({ body });
  }

  /** The next message of the case; others are kept for later. */
  async next<C extends Body['$case']>($case: C): Promise<BodyOf<C>> {
    const at = this.#unread.findIndex((body) => body.$case === $case);
    let body = at === -1 ? undefined : this.#unread.splice(at, 1)[0];
    while (body?.$case !== $case) {
      if (body !== undefined) this.#unread.push(body);
      const next = await this.#messages.next();
      if (next.done) throw new Error(`the session ended before a ${$case} came`);
      body = next.value.body;
    }
    return body.value as BodyOf<C>; // the loop ends with this case alone
  }

  /** Reads on until the controller ends the session. */
  async end(): Promise<void> {
    while (!(await this.#messages.next()).done);
  }

  /** What was said and not asked for by `next`, once the session has ended. */
  async rest(): Promise<readonly string[]> {
    for (let next = await this.#messages.next(); !next.done; next = await this.#messages.next()) {
      if (next.value.body !== undefined) this.#unread.push(next.value.body);
    }
    return this.#unread.map(({ $case }) => $case);
  }

  async sayPhase(
    { nonce, to }: Pick<ConfigOffer, 'nonce' | 'to'>,
    phase: Phase,
    problems: string[] = [],
  ): Promise<void> {
    const running = phase === 2 ? undefined : to;
    const told = problems.map((message) => ({ file: 'web.conf', line: 1, section: '', option: '', message }));
    await this.say({ $case: 'configStatus', value: { nonce, to, phase, problems: told, running, results: [] } });
  }

  /** The whole process table, in one message. */
  async tellTable(version: bigint, processes: ProcessStatus[]): Promise<void> {
    await this.say({ $case: 'snapshot', value: { version, chunk: 0, chunkCount: 1, processes } });
  }

  async sayDone(commandId: string, outcome: Outcome, message = ''): Promise<void> {
    const value = {
      commandId,
      phase: CommandPhase.DONE,
      outcome,
      results: [],
      changes: undefined,
      message,
      problems: [],
    };
    await this.say({ $case: 'commandUpdate', value });
  }

  /** @param kinds of the events from `firstSeq` on. */
  async sayEvents(firstSeq: bigint, kinds: readonly NonNullable<EventBody['kind']>[]): Promise<void> {
    const events = kinds.map((kind, i) => ({
      seq: firstSeq + BigInt(i),
      atUs: 1_700_000_000_000_000n,
      body: Buffer.from(EventBody.encode({ kind }).finish()),
    }));
    await this.say({ $case: 'events', value: { epoch: epochOf(this.n), events } });
  }

  /** As a network does that is cut. */
  async hangUp(): Promise<void> {
    await this.#link[Symbol.asyncDispose]();
  }
}
