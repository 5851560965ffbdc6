/** A whole controller in this process, on free ports and in a folder of its own, with clients for its doors. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, systemRandom } from '@fleetvisor/primitives';
import {
  CommandServiceClient,
  ConfigServiceClient,
  EventServiceClient,
  FleetServiceClient,
  LogServiceClient,
} from '@fleetvisor/protocol/api';
import { type Client, type ClientReadableStream, credentials, type ServiceError } from '@grpc/grpc-js';
import { pino } from 'pino';
import { type Controller, startController } from '../controller.ts';
import { formatListenAddress } from '../listen-address.ts';
import type { Settings } from '../settings.ts';

const anyPort = { host: '127.0.0.1', port: 0 };

export interface TestController extends AsyncDisposable {
  readonly folder: string;
  /** Where agents dial. */
  readonly link: string;
  readonly fleet: FleetServiceClient;
  readonly commands: CommandServiceClient;
  readonly logs: LogServiceClient;
  readonly events: EventServiceClient;
  readonly configs: ConfigServiceClient;
  /** What GET answers, whatever the status. */
  get(pathAndQuery: string): Promise<{ readonly status: number; readonly body: unknown; readonly text: string }>;
  /** Stops it and starts another on the same data; hosts must dial the new one. */
  restarted(): Promise<TestController>;
}

/** @param folder of an earlier controller, to go on with its data. */
export async function testController(folder?: string): Promise<TestController> {
  const dataDir = folder ?? (await mkdtemp(path.join(tmpdir(), 'fleet-controller-')));
  const settings: Settings = {
    dataDir,
    api: anyPort,
    link: anyPort,
    http: anyPort,
    logLevel: 'error',
    logFormat: 'json',
    retainDays: 90,
  };
  const log = pino({ level: 'error' });
  const controller = await startController(settings, { clock: systemClock, random: systemRandom, log });
  return clientsOf(controller, dataDir);
}

function clientsOf(controller: Controller, folder: string): TestController {
  const api = formatListenAddress(controller.api);
  const plain = credentials.createInsecure();
  const clients = {
    fleet: new FleetServiceClient(api, plain),
    commands: new CommandServiceClient(api, plain),
    logs: new LogServiceClient(api, plain),
    events: new EventServiceClient(api, plain),
    configs: new ConfigServiceClient(api, plain),
  };
  const stop = async () => {
    for (const client of Object.values<Client>(clients)) client.close();
    await controller[Symbol.asyncDispose]();
  };
  return {
    ...clients,
    folder,
    link: formatListenAddress(controller.link),
    async get(pathAndQuery) {
      const answer = await fetch(`http://${formatListenAddress(controller.http)}${pathAndQuery}`);
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.includes('json');
      return { status: answer.status, body: isJson ? JSON.parse(text) : undefined, text };
    },
    async restarted() {
      await stop();
      return testController(folder);
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a method of a grpc-js client answers: `answerOf((answer) => client.getFleet({}, answer))`. */
export function answerOf<Response>(
  ask: (answer: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    ask((error, response) => (error === null ? resolve(response) : reject(error)));
  });
}

/** Every message of a stream that ends. */
export async function allOf<Message>(stream: ClientReadableStream<Message>): Promise<Message[]> {
  return await Array.fromAsync<Message>(stream);
}
