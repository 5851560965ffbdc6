/** A daemon over a made-up world behind a real socket, and clients of it: what they print, say and exit with. */
import { PassThrough, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { openServer, type ServerAddress } from '../../compat/http/open-servers.ts';
import { rpcRoute } from '../../compat/http/rpc-route.ts';
import { temporaryFolder, testOptions } from '../../compat/http/testing/test-server.ts';
import { logTailRoutes } from '../../compat/log-tail/log-tail-routes.ts';
import { type CalledDaemon, calledDaemon } from '../../compat/methods/testing/called-daemon.ts';
import { LogFiles } from '../../logs/log-files.ts';
import { runCtl } from '../main.ts';
import type { CtlWorld } from '../world.ts';

export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** A client that has been started. */
export interface RunningClient {
  /** What it has printed so far. */
  readonly out: () => string;
  readonly type: (text: string) => void;
  /** The end of what is typed. */
  readonly hangUp: () => void;
  /** Ctrl-C. */
  readonly interrupt: () => void;
  readonly outcome: Promise<Outcome>;
}

export interface ServedDaemon extends AsyncDisposable {
  readonly daemon: CalledDaemon;
  /** A folder that goes away with it; `c.conf` in it names the server. */
  readonly folder: string;
  readonly url: string;
  /** Runs a client to its end. @param typed all that it can read */
  ctl(words: string, typed?: string): Promise<Outcome>;
  begin(argv: readonly string[]): RunningClient;
}

/** @param behaviours as of `calledDaemon` */
export async function serveDaemon(
  behaviours: Parameters<typeof calledDaemon>[0] = {},
  credentials: Pick<ServerAddress, 'username' | 'password'> = { username: undefined, password: undefined },
): Promise<ServedDaemon> {
  const folder = temporaryFolder();
  const path = `${folder.path}/s.sock`;
  const daemon = calledDaemon(behaviours);
  const { supervisor, logs, dispatcher, settings } = daemon;
  const mainLog = { path: () => settings.mainLogPath, clear: () => {}, log: () => {} };
  const files = new LogFiles(() => {});
  const routes = [rpcRoute({ dispatcher, log: () => {} }), ...logTailRoutes({ supervisor, logs, files, mainLog })];
  const server = await openServer({ kind: 'unix', path, mode: 0o700, ...credentials }, testOptions(routes).options);
  const url = `unix://${path}`;
  const begin = (argv: readonly string[]) => beginClient(argv, folder.path);
  return {
    daemon,
    folder: folder.path,
    url,
    begin,
    ctl: async (words, typed = '') => {
      const client = begin(['-s', url, ...words.split(' ').filter((word) => word !== '')]);
      client.type(typed);
      client.hangUp();
      return await whileTimePasses(daemon, client.outcome);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** The daemon's world has a clock that moves when told to: here it runs as long as the client does. */
async function whileTimePasses(daemon: CalledDaemon, outcome: Promise<Outcome>): Promise<Outcome> {
  let isOver = false;
  const over = outcome.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await daemon.pass(0.001);
    await setImmediate();
  }
  return await over;
}

/** A client on its own, in a folder with no config file. */
export function beginClient(argv: readonly string[], cwd: string): RunningClient {
  const [stdin, stdout, stderr] = [new PassThrough(), gather(), gather()];
  let onInterrupt: (() => void) | undefined;
  const world: CtlWorld = {
    program: 'ctl',
    installFolder: `${cwd}/nowhere`,
    env: {},
    cwd,
    homeOf: () => undefined,
    stdin: () => stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    onInterrupt: (act) => {
      onInterrupt = act;
      return () => {
        onInterrupt = undefined;
      };
    },
  };
  return {
    out: stdout.text,
    type: (text) => void stdin.write(text),
    hangUp: () => void stdin.end(),
    interrupt: () => onInterrupt?.(),
    outcome: runCtl(argv, world).then((code) => ({ out: stdout.text(), err: stderr.text(), code })),
  };
}

function gather() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      // As a pipe that somebody reads: what is written next waits, and is lost if the client does not.
      void setImmediate().then(() => done());
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
