/** One run of fleetctl, from its arguments to its exit code. Everything outside comes in through `World`. */
import { type Clock, FleetError, messageOf } from '@fleetvisor/primitives';
import type { FleetClient } from './client/fleet-client.ts';
import type { CommandContext, Confirmation } from './command.ts';
import { allCommands } from './commands/all-commands.ts';
import { contextPath } from './context/context-path.ts';
import { type ContextFile, ContextStore } from './context/context-store.ts';
import { resolveController } from './context/resolve-controller.ts';
import { type ExitCode, exitCode, exitCodeOfError } from './exit-code.ts';
import type { ColourMode, standardOptions } from './global-options.ts';
import type { OptionValues } from './option.ts';
import { type Invocation, readCommandLine } from './program.ts';
import { Output } from './render/output.ts';
import { visible, visibleLines } from './render/visible.ts';
import { expandTailCount } from './supervisor-argv.ts';
import { Ended } from './terminal/ended.ts';
import type { Sink } from './terminal/sink.ts';

export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** Who asks, for the controller's record: `user@machine`. */
  readonly actor: string;
  /** IANA name. */
  readonly timeZone: string | undefined;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly clock: Clock;
  /** Aborted with an `Ended`. */
  readonly signal: AbortSignal;
  /** @returns what a person typed; undefined where nobody can be asked. */
  ask(question: string): Promise<string | undefined>;
  contextFile(path: string): ContextFile;
  /** `-` is standard input. @throws FleetError `not_found` naming the file. */
  readFile(path: string): Promise<Uint8Array>;
}

/** As long as the controller waits by itself. */
const commandMsMax = 5 * 60_000;
/** For what is answered at once. */
const answerMsMax = 10_000;

export async function runCli(argv: readonly string[], world: World): Promise<ExitCode> {
  const written: Promise<void>[] = [];
  try {
    const read = readCommandLine(expandTailCount(argv), {
      commands: allCommands,
      writeOut: (text) => written.push(world.stdout.write(text)),
      writeErr: (text) => written.push(world.stderr.write(text)),
    });
    await Promise.all(written);
    return typeof read === 'number' ? read : await runCommand(read, world);
  } catch (thrown) {
    return explain(thrown, world);
  }
}

async function runCommand({ command, words, options }: Invocation, world: World): Promise<ExitCode> {
  // The parser has filled in every standard option with its own type.
  const standard = options as OptionValues<typeof standardOptions>;
  const { path, isNamed } = contextPath(world.env, world.home);
  const contexts = new ContextStore(world.contextFile(path), isNamed);
  const output = new Output({
    stdout: world.stdout,
    stderr: world.stderr,
    format: standard.output ?? 'table',
    isColoured: wantsColour(standard.color ?? 'auto', world),
    timeZone: world.timeZone,
  });
  using connection = new LazyConnection(world, contexts, standard);
  const context: CommandContext = {
    output,
    clock: world.clock,
    signal: world.signal,
    waitMs: standard.timeout ?? commandMsMax,
    contexts,
    address: () => connection.address(),
    client: () => connection.client(),
    confirm: (question, answer) => confirm(question, answer, world),
    readFile: world.readFile,
  };
  return command.run(context, words, options);
}

/** Finds the controller and loads gRPC only when a command asks for it. */
class LazyConnection implements Disposable {
  readonly #world: World;
  readonly #contexts: ContextStore;
  readonly #standard: OptionValues<typeof standardOptions>;
  #client: Promise<FleetClient & Disposable> | undefined;
  #opened: Disposable | undefined;

  constructor(world: World, contexts: ContextStore, standard: OptionValues<typeof standardOptions>) {
    this.#world = world;
    this.#contexts = contexts;
    this.#standard = standard;
  }

  async address(): Promise<string> {
    const { env } = this.#world;
    const chosen = await resolveController(
      {
        flagController: this.#standard.controller,
        flagContext: this.#standard.context,
        envController: notEmpty(env.FLEET_CONTROLLER),
        envContext: notEmpty(env.FLEET_CONTEXT),
      },
      this.#contexts,
    );
    return chosen.address;
  }

  client(): Promise<FleetClient> {
    this.#client ??= this.#open();
    return this.#client;
  }

  [Symbol.dispose](): void {
    this.#opened?.[Symbol.dispose]();
  }

  async #open(): Promise<FleetClient & Disposable> {
    const address = await this.address();
    const { GrpcFleetClient } = await import('./client/grpc-fleet-client.ts');
    const { clock, signal, actor } = this.#world;
    const client = new GrpcFleetClient({
      address,
      clock,
      signal,
      actor,
      answerMsMax: this.#standard.timeout ?? answerMsMax,
    });
    this.#opened = client;
    return client;
  }
}

async function confirm(question: string, answer: string, world: World): Promise<Confirmation> {
  const typed = await world.ask(`${visible(question)} `);
  if (typed === undefined) return 'nobody-there';
  return typed.trim() === answer ? 'yes' : 'no';
}

/** One message for a person. */
async function explain(thrown: unknown, world: World): Promise<ExitCode> {
  if (thrown instanceof Ended) return thrown.exitCode;
  if (world.signal.reason instanceof Ended) return world.signal.reason.exitCode;
  try {
    await world.stderr.write(explanationOf(thrown, world.env));
  } catch {
    // Nobody reads stderr any more: the exit code still tells.
  }
  return thrown instanceof FleetError ? exitCodeOfError[thrown.code] : exitCode.error;
}

function explanationOf(thrown: unknown, env: World['env']): string {
  if (thrown instanceof FleetError) return `fleetctl: ${visibleLines(thrown.message).join('\n          ')}\n`;
  const stack = thrown instanceof Error && env.FLEETCTL_DEBUG !== undefined ? `${thrown.stack}\n` : '';
  return `fleetctl: a fault of fleetctl: ${visibleLines(messageOf(thrown)).join(' ')} (FLEETCTL_DEBUG=1 shows where)\n${stack}`;
}

function wantsColour(mode: ColourMode, { env, stdout }: World): boolean {
  if (mode !== 'auto') return mode === 'always';
  return stdout.isTerminal && notEmpty(env.NO_COLOR) === undefined && env.TERM !== 'dumb';
}

/** An environment variable that is empty counts as not set. */
function notEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
