/** A controller for tests: a real gRPC server on a port of its own, whose answers are written down beforehand. */
import { FleetError } from '@fleetvisor/primitives';
import * as api from '@fleetvisor/protocol/api';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

const services = [
  api.FleetServiceService,
  api.CommandServiceService,
  api.LogServiceService,
  api.EventServiceService,
  api.ConfigServiceService,
];

type Ask<Question, Answer> = (question: Question) => Answer;
type Stream<Question, Answer> = (question: Question, signal: AbortSignal) => Iterable<Answer> | AsyncIterable<Answer>;

/** What it answers; a method that is left out is unimplemented. Throwing a FleetError answers with it. */
export interface Script {
  readonly getFleet?: Ask<api.GetFleetRequest, api.GetFleetResponse>;
  readonly listHosts?: Ask<api.ListHostsRequest, api.ListHostsResponse>;
  readonly forgetHost?: Ask<api.ForgetHostRequest, api.ForgetHostResponse>;
  readonly listProcesses?: Stream<api.ListProcessesRequest, api.ListProcessesResponse>;
  readonly runCommand?: Stream<api.RunCommandRequest, api.RunCommandResponse>;
  readonly listCommands?: Ask<api.ListCommandsRequest, api.ListCommandsResponse>;
  readonly getCommand?: Ask<api.GetCommandRequest, api.GetCommandResponse>;
  readonly tailLogs?: Stream<api.TailLogsRequest, api.TailLogsResponse>;
  readonly listEvents?: Stream<api.ListEventsRequest, api.ListEventsResponse>;
  readonly listCrashes?: Ask<api.ListCrashesRequest, api.ListCrashesResponse>;
  readonly pushConfig?: Stream<api.PushConfigRequest, api.PushConfigResponse>;
  readonly rollBackConfig?: Stream<api.RollBackConfigRequest, api.RollBackConfigResponse>;
  readonly listConfigs?: Ask<api.ListConfigsRequest, api.ListConfigsResponse>;
  readonly getConfig?: Ask<api.GetConfigRequest, api.GetConfigResponse>;
  readonly listRevisions?: Ask<api.ListRevisionsRequest, api.ListRevisionsResponse>;
}

export interface AskedQuestion {
  readonly method: string;
  // Tests know which question they asked.
  // biome-ignore lint/suspicious/noExplicitAny: its type follows from the method
  readonly question: any;
  readonly actor: string;
}

export interface ScriptedController extends AsyncDisposable {
  readonly address: string;
  /** In the order in which they came. */
  readonly asked: readonly AskedQuestion[];
}

export async function startScriptedController(script: Script): Promise<ScriptedController> {
  const server = new Server();
  const asked: AskedQuestion[] = [];
  for (const service of services) server.addService(service, handlersOf(service, script, asked));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

function handlersOf(
  service: (typeof services)[number],
  script: Script,
  asked: AskedQuestion[],
): UntypedServiceImplementation {
  const handlers: UntypedServiceImplementation = {};
  for (const [name, { responseStream }] of Object.entries(service)) {
    // The script has paired each name with its kind and messages.
    const answer = script[name as keyof Script] as Ask<unknown, unknown> & Stream<unknown, unknown>;
    if (answer === undefined) continue;
    handlers[name] = responseStream ? streamHandler(name, answer, asked) : unaryHandler(name, answer, asked);
  }
  return handlers;
}

function unaryHandler(
  method: string,
  answer: Ask<unknown, unknown>,
  asked: AskedQuestion[],
): handleUnaryCall<unknown, unknown> {
  return ({ request, metadata }, reply) => {
    asked.push({ method, question: request, actor: String(metadata.get('fleet-actor')[0]) });
    try {
      reply(null, answer(request));
    } catch (thrown) {
      reply(toServiceError(thrown));
    }
  };
}

function streamHandler(
  method: string,
  answer: Stream<unknown, unknown>,
  asked: AskedQuestion[],
): handleServerStreamingCall<unknown, unknown> {
  return async (call) => {
    asked.push({ method, question: call.request, actor: String(call.metadata.get('fleet-actor')[0]) });
    const gone = new AbortController();
    call.on('cancelled', () => gone.abort());
    try {
      for await (const message of answer(call.request, gone.signal)) call.write(message);
      call.end();
    } catch (thrown) {
      if (!gone.signal.aborted) call.emit('error', toServiceError(thrown));
    }
  };
}

function toServiceError(thrown: unknown) {
  const metadata = new Metadata();
  if (!(thrown instanceof FleetError)) return { code: status.INTERNAL, details: String(thrown), metadata };
  metadata.set('fleet-code', thrown.code);
  return { code: status.UNKNOWN, details: thrown.message, metadata };
}
