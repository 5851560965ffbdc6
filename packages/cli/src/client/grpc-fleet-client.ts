/** The controller over gRPC: one method of the port, one of the contract. */
import { type Clock, FleetError } from '@fleetvisor/primitives';
import {
  CommandServiceService,
  ConfigServiceService,
  EventServiceService,
  FleetServiceService,
  LogServiceService,
} from '@fleetvisor/protocol/api';
import type { CommandOrder, HostReport } from './command.ts';
import type { CommandDetail, CommandQuery, CommandSummary } from './command-history.ts';
import type {
  ConfigContent,
  ConfigPush,
  ConfigRevision,
  ConfigRollback,
  ConfigSummary,
  RolloutStep,
} from './config-file.ts';
import { ControllerChannel } from './controller-channel.ts';
import type { CrashQuery, EventQuery, StoredEvent } from './event.ts';
import type { FleetClient } from './fleet-client.ts';
import { isTimeUp } from './grpc-errors.ts';
import type { Fleet, Host } from './host.ts';
import type { LogPiece, LogQuery } from './log-piece.ts';
import type { ProcessListing } from './process.ts';
import type { Scope } from './scope.ts';
import { actionToWire, reportFromWire } from './wire/command.ts';
import { commandFromWire, detailFromWire } from './wire/command-history.ts';
import {
  contentFromWire,
  revisionFromWire,
  selectorToWire,
  stepFromWire,
  summaryFromWire,
} from './wire/config-file.ts';
import { eventFromWire, kindToWire } from './wire/event.ts';
import { fleetFromWire, hostFromWire, hostProcessesFromWire } from './wire/host.ts';
import { pieceFromWire } from './wire/log-piece.ts';
import { streamToWire } from './wire/process.ts';

export interface GrpcFleetClientOptions {
  /** HOST:PORT. */
  readonly address: string;
  readonly clock: Clock;
  /** Ends every call. */
  readonly signal: AbortSignal;
  /** Who asks, for the controller's record. */
  readonly actor: string;
  /** How long a question may take that is answered at once. */
  readonly answerMsMax: number;
}

/** The controller keeps the time of what it waits for; only if it fails to is the call cut off, this much later. */
const graceMs = 10_000;

export class GrpcFleetClient implements FleetClient, Disposable {
  readonly #channel: ControllerChannel;
  readonly #answerMsMax: number;

  constructor(options: GrpcFleetClientOptions) {
    this.#channel = new ControllerChannel(options);
    this.#answerMsMax = options.answerMsMax;
  }

  get address(): string {
    return this.#channel.address;
  }

  async fleet(): Promise<Fleet> {
    return fleetFromWire(await this.#channel.ask(FleetServiceService.getFleet, {}, this.#answerMsMax));
  }

  async hosts(scope: Scope): Promise<readonly Host[]> {
    const question = { scope: scopeToWire(scope) };
    const answer = await this.#channel.ask(FleetServiceService.listHosts, question, this.#answerMsMax);
    return answer.hosts.map(hostFromWire);
  }

  async forgetHost(name: string): Promise<string> {
    return (await this.#channel.ask(FleetServiceService.forgetHost, { name }, this.#answerMsMax)).hostId;
  }

  async *processes(scope: Scope, targets: readonly string[]): AsyncGenerator<ProcessListing> {
    const question = { scope: scopeToWire(scope), targets: [...targets] };
    const answers = this.#channel.stream(FleetServiceService.listProcesses, question, this.#answerMsMax);
    for await (const answer of this.#translated(answers)) {
      if (answer.host !== undefined) yield { kind: 'host', ...hostProcessesFromWire(answer.host, answer) };
      if (answer.unmatchedTargets.length > 0) yield { kind: 'unmatched', targets: answer.unmatchedTargets };
    }
  }

  async *run({ scope, action, reason, timeoutMs }: CommandOrder): AsyncGenerator<HostReport> {
    const question = { scope: scopeToWire(scope), action: actionToWire(action), reason, timeoutMs };
    const answers = this.#channel.stream(CommandServiceService.runCommand, question, timeoutMs + graceMs);
    for await (const answer of this.#untilTimeIsUp(answers)) yield reportFromWire(answer);
  }

  async commands({ scope, limit, sinceUs, isOpen }: CommandQuery): Promise<readonly CommandSummary[]> {
    const question = { scope: scopeToWire(scope), limit, sinceUs: sinceUs ?? 0n, open: isOpen, beforeCommandId: '' };
    const answer = await this.#channel.ask(CommandServiceService.listCommands, question, this.#answerMsMax);
    return answer.commands.map(commandFromWire);
  }

  async command(commandId: string): Promise<CommandDetail> {
    const answer = await this.#channel.ask(CommandServiceService.getCommand, { commandId }, this.#answerMsMax);
    const detail = detailFromWire(answer);
    if (detail === undefined) throw new FleetError('internal', 'the controller answered without the command');
    return detail;
  }

  async *tail({ scope, targets, stream, tailBytes, follow }: LogQuery): AsyncGenerator<LogPiece> {
    const question = {
      scope: scopeToWire(scope),
      targets: [...targets],
      stream: streamToWire(stream),
      tailBytes,
      follow,
    };
    const timeoutMs = follow ? undefined : this.#answerMsMax;
    const answers = this.#channel.stream(LogServiceService.tailLogs, question, timeoutMs);
    for await (const answer of this.#translated(answers)) yield pieceFromWire(answer);
  }

  async *events(query: EventQuery): AsyncGenerator<readonly StoredEvent[]> {
    const question = {
      scope: scopeToWire(query.scope),
      targets: [...query.targets],
      kinds: query.kinds.map(kindToWire),
      afterPosition: BigInt(query.after ?? 0),
      newest: query.newest,
      sinceUs: query.sinceUs ?? 0n,
      follow: query.follow,
    };
    const timeoutMs = query.follow ? undefined : this.#answerMsMax;
    const answers = this.#channel.stream(EventServiceService.listEvents, question, timeoutMs);
    for await (const answer of this.#translated(answers)) yield answer.events.map(eventFromWire);
  }

  async crashes({ scope, targets, limit, sinceUs }: CrashQuery): Promise<readonly StoredEvent[]> {
    const question = {
      scope: scopeToWire(scope),
      targets: [...targets],
      limit,
      sinceUs: sinceUs ?? 0n,
      beforePosition: 0n,
    };
    const answer = await this.#channel.ask(EventServiceService.listCrashes, question, this.#answerMsMax);
    return answer.crashes.map(eventFromWire);
  }

  async *push({ selector, parent, content, ...push }: ConfigPush): AsyncGenerator<RolloutStep> {
    const question = {
      ...push,
      content: Buffer.from(content),
      selector: selector === undefined ? undefined : selectorToWire(selector),
      // The contract's word for "whatever is newest".
      parent: BigInt(parent ?? -1),
    };
    const answers = this.#channel.stream(ConfigServiceService.pushConfig, question, push.timeoutMs + graceMs);
    for await (const answer of this.#untilTimeIsUp(answers)) {
      const step = stepFromWire(answer.progress);
      if (step !== undefined) yield step;
    }
  }

  async *rollBack({ revision, ...rollback }: ConfigRollback): AsyncGenerator<RolloutStep> {
    const question = { ...rollback, revision: BigInt(revision ?? 0) };
    const answers = this.#channel.stream(ConfigServiceService.rollBackConfig, question, rollback.timeoutMs + graceMs);
    for await (const answer of this.#untilTimeIsUp(answers)) {
      const step = stepFromWire(answer.progress);
      if (step !== undefined) yield step;
    }
  }

  async configs(): Promise<readonly ConfigSummary[]> {
    const answer = await this.#channel.ask(ConfigServiceService.listConfigs, {}, this.#answerMsMax);
    return answer.configs.map(summaryFromWire);
  }

  async config(file: string, revision: number | undefined): Promise<ConfigContent> {
    const question = { file, revision: BigInt(revision ?? 0) };
    return contentFromWire(await this.#channel.ask(ConfigServiceService.getConfig, question, this.#answerMsMax));
  }

  async revisions(file: string, limit: number): Promise<readonly ConfigRevision[]> {
    const answer = await this.#channel.ask(ConfigServiceService.listRevisions, { file, limit }, this.#answerMsMax);
    return answer.revisions.map(revisionFromWire);
  }

  [Symbol.dispose](): void {
    this.#channel[Symbol.dispose]();
  }

  async *#translated<Answer>(answers: AsyncIterable<Answer>): AsyncGenerator<Answer> {
    try {
      yield* answers;
    } catch (thrown) {
      throw this.#channel.toFleetError(thrown);
    }
  }

  async *#untilTimeIsUp<Answer>(answers: AsyncIterable<Answer>): AsyncGenerator<Answer> {
    try {
      yield* answers;
    } catch (thrown) {
      if (!isTimeUp(thrown)) throw this.#channel.toFleetError(thrown);
    }
  }
}

function scopeToWire({ hosts, hostGroups, labels }: Scope) {
  return { hosts: [...hosts], hostGroups: [...hostGroups], labels: [...labels] };
}
