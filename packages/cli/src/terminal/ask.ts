/** Asks a person, where there is one. */
import type { Readable, Writable } from 'node:stream';

/** The question goes to stderr, so that the answer to the command itself stays alone on stdout. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** @returns what was typed, empty when the person left; undefined where nobody can be asked. */
export async function ask(question: string, terminal: Terminal, signal: AbortSignal): Promise<string | undefined> {
  const { stdin, stderr } = terminal;
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  // Loading it costs milliseconds, and most commands ask nothing.
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: stdin, output: stderr });
  const left = new AbortController();
  // Ctrl-C comes to readline as a key, and Ctrl-D as its end.
  lines.on('SIGINT', () => left.abort());
  lines.on('close', () => left.abort());
  try {
    return await lines.question(question, { signal: AbortSignal.any([signal, left.signal]) });
  } catch (thrown) {
    if (left.signal.aborted && !signal.aborted) return '';
    throw thrown;
  } finally {
    lines.close();
  }
}
