/** Runs a program to its end and reads what it has to say: for helpers that take a while, while the agent goes on. */
import { execFile } from 'node:child_process';

export interface HelperEnd {
  /** 0 alone is success; undefined when it ended by a signal or could not be started. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** In words, where it is no success. */
  readonly problem: string;
}

export interface HelperOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** It is killed then. */
  readonly timeoutMs: number;
}

const OUTPUT_BYTES_MAX = 1024 ** 2;

/** Never rejects. */
export function runHelper(file: string, args: readonly string[], options: HelperOptions): Promise<HelperEnd> {
  const { env, cwd, timeoutMs } = options;
  const { promise, resolve } = Promise.withResolvers<HelperEnd>();
  const limits = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX } as const;
  execFile(file, [...args], { ...limits, env: { ...env }, cwd }, (error, stdout, stderr) => {
    const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
    resolve({ exitCode, stdout, stderr, problem: error === null ? '' : inWords(error, exitCode, timeoutMs) });
  });
  return promise;
}

function inWords(
  error: Error & { killed?: boolean | undefined; code?: unknown; signal?: NodeJS.Signals | undefined },
  exitCode: number | undefined,
  timeoutMs: number,
): string {
  // It has been killed for that, too.
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `it printed more than ${OUTPUT_BYTES_MAX} bytes`;
  if (error.killed === true) return `it was not done after ${timeoutMs / 1000} s`;
  if (exitCode !== undefined) return `it ended with exit code ${exitCode}`;
  if (error.signal) return `it was killed by ${error.signal}`;
  return error.message.split('\n')[0] ?? 'it could not be run';
}
