/** What `/logtail/<namespec>[/<channel>]` asks for. Pure: whether there is such a process or log is not known here. */
import { type ProcessName, splitNamespec } from '@fleetvisor/config';

export interface LogAsk {
  readonly process: ProcessName;
  readonly stream: 'stdout' | 'stderr';
}

/**
 * Reads the path of a request as Supervisor does: decoded once and whole, the first part is not looked at, stdout where no
 * channel is given.
 * @param url as node:http has it, one character for each byte
 * @returns undefined when it names no process (no name, a whole group) or no channel
 */
export function parseLogPath(url: string): LogAsk | undefined {
  const [, , namespec = '', channel = 'stdout', ...rest] = percentDecoded(url.replace(/[?#].*$/s, '')).split('/');
  const { group, name } = splitNamespec(namespec);
  if (name === undefined || name === '' || rest.length > 0) return undefined;
  if (channel !== 'stdout' && channel !== 'stderr') return undefined;
  return { process: { group, name }, stream: channel };
}

/**
 * Supervisorctl sends names as they are, browsers encode them: both are understood, and a `%` that begins no escape
 * stands for itself.
 */
function percentDecoded(text: string): string {
  const byteForByte = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(byteForByte, 'latin1').toString();
}
