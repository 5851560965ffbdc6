/** A run of fleetctl inside a test: its own terminal, its own files, everything it printed. */
import { type Clock, FleetError, systemClock } from '@fleetvisor/primitives';
import { runCli, type World } from '../cli.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Sink } from '../terminal/sink.ts';

export interface Ran {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestSetting {
  /** HOST:PORT of the controller. */
  readonly controller?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Files by path. */
  readonly files?: Map<string, string>;
  /** Whether stdout is a terminal. */
  readonly isTerminal?: boolean;
  /** What a person types; without it nobody is there. */
  readonly typed?: string;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** Hears what is printed, as it is printed. */
  readonly onOutput?: (text: string) => void;
}

export async function run(argv: readonly string[], setting: TestSetting = {}): Promise<Ran> {
  const stdout = new TextSink(setting.isTerminal ?? false, setting.onOutput);
  const stderr = new TextSink(false, setting.onOutput);
  const code = await runCli(argv, worldOf(setting, stdout, stderr));
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class TextSink implements Sink {
  readonly isTerminal: boolean;
  readonly #chunks: Buffer[] = [];
  readonly #onOutput: ((text: string) => void) | undefined;

  constructor(isTerminal: boolean, onOutput: ((text: string) => void) | undefined) {
    this.isTerminal = isTerminal;
    this.#onOutput = onOutput;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    this.#chunks.push(Buffer.from(chunk));
    this.#onOutput?.(this.text);
  }
}

function worldOf(setting: TestSetting, stdout: Sink, stderr: Sink): World {
  const files = setting.files ?? new Map<string, string>();
  const controller = setting.controller === undefined ? {} : { FLEET_CONTROLLER: setting.controller };
  return {
    env: { ...controller, ...setting.env },
    home: '/home/joe',
    actor: 'joe@desk',
    timeZone: 'UTC',
    stdout,
    stderr,
    clock: setting.clock ?? systemClock,
    signal: setting.signal ?? new AbortController().signal,
    ask: async () => setting.typed,
    contextFile: (path) => ({
      path,
      read: async () => files.get(path),
      write: async (text) => {
        files.set(path, text);
      },
    }),
    readFile: async (path) => {
      const text = files.get(path);
      if (text === undefined) throw new FleetError('not_found', `cannot read ${path}`, { path });
      return Buffer.from(text);
    },
  };
}
