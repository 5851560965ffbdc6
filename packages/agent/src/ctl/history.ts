/** The lines typed in earlier shells: a text file, the oldest first, as readline keeps it. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Empty when there is no such file, or none that can be read: a shell without its history is still a shell. */
export function readHistory(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

/** Nobody else may read what somebody typed. */
export function writeHistory(file: string, lines: readonly string[]): void {
  try {
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  } catch {
    // The session is over, and nothing else depends on the file.
  }
}
