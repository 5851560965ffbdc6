/** A program at a terminal, as a person has it: what is typed goes to a pseudo-terminal of its own, Ctrl-C included. */
import { spawn } from 'node:child_process';
import { until } from './until.ts';

export const CTRL_C = '\x03';
export const CTRL_D = '\x04';

export class Terminal implements AsyncDisposable {
  readonly #child;
  readonly #ended: Promise<number | null>;
  #text = '';
  #seen = 0;

  /** @param command for a shell */
  constructor(command: string, cwd: string) {
    // A dumb terminal: nobody moves the cursor to say something twice.
    const env = { ...process.env, TERM: 'dumb' };
    this.#child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdout.setEncoding('utf8').on('data', (piece: string) => (this.#text += piece));
    this.#child.stdin.on('error', () => {}); // it has ended before it was told to
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject).once('close', resolve);
    });
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /** All that stands on the screen, without carriage returns. */
  text(): string {
    return this.#text.replaceAll('\r', '');
  }

  /** Waits for a text that has not been waited for before. */
  async shows(text: string): Promise<void> {
    await until(`the screen shows ${JSON.stringify(text)}`, () => this.text().includes(text, this.#seen));
    this.#seen = this.text().indexOf(text, this.#seen) + text.length;
  }

  /** Resolves with its exit code. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGHUP');
    await this.#ended;
  }
}
