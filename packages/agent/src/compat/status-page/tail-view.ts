/** The page with the end of a process's stdout log. */
import { splitNamespec } from '@fleetvisor/config';
import { assertNever } from '@fleetvisor/primitives';
import { AnsiStripper } from '../../logs/ansi.ts';
import { readLogRange } from '../../logs/read-range.ts';
import type { Daemon } from '../daemon.ts';
import { faultText } from './carry-out.ts';
import { type Html, html, quoteUrl } from './html.ts';
import { layout, type PageFrame } from './layout.ts';

export type TailedDaemon = Pick<Daemon, 'supervisor' | 'logs'>;

/** Supervisor's least. */
const tailBytesMin = 1024;
/** Supervisor knows none: a page of a whole log of gigabytes is no use to anybody, and reading it would hold up the engine. */
const tailBytesMax = 1024 * 1024;
/** What the page offers. */
const sizes = [1024, 16 * 1024, 256 * 1024];

export interface TailPage extends Omit<PageFrame, 'title'> {
  /** As the client wrote it. */
  readonly namespec: string | undefined;
  readonly limit: string | undefined;
}

export function tailView(daemon: TailedDaemon, page: TailPage): Html {
  const { namespec, limit } = page;
  if (namespec === undefined) {
    return layout({ ...page, title: 'Supervisor tail' }, html`<p class="empty">No process name found</p>`);
  }
  const bytes = tailBytes(limit);
  return layout(
    { ...page, title: `Supervisor tail of process ${namespec}` },
    html`<div class="toolbar">
<h1>${namespec}</h1>
<a class="button" href="${address(namespec, bytes)}">Refresh</a>
${sizes.map((size) => html`<a href="${address(namespec, size)}">${size / 1024} KiB</a> `)}
<a href="logtail/${quoteUrl(namespec)}">Tail -f Stdout</a>
</div>
<pre>
${tailText(daemon, namespec, bytes)}</pre>`,
  );
}

function tailBytes(limit = ''): number {
  return /^\d+$/.test(limit) ? Math.min(Math.max(Number(limit), tailBytesMin), tailBytesMax) : tailBytesMin;
}

function address(namespec: string, bytes: number): string {
  return `tail.html?processname=${quoteUrl(namespec)}&limit=${bytes}`;
}

/** The end of the log, or in Supervisor's words why there is none. */
function tailText({ supervisor, logs }: TailedDaemon, namespec: string, bytes: number): string {
  const { group, name } = splitNamespec(namespec);
  const process = name === undefined ? undefined : { group, name };
  const spec = process && supervisor.spec(process);
  if (process === undefined || spec === undefined) return `ERROR: ${faultText('BAD_NAME', namespec)}`;
  supervisor.collectOutput(process);
  const path = logs.pathOf(spec, 'stdout');
  if (path === undefined) return `No file for ${namespec}`;
  const range = readLogRange(path, -bytes, 0);
  switch (range.kind) {
    case 'read':
      return readable(range.bytes);
    case 'no-file':
      return `No file for ${namespec}`;
    case 'bad-arguments':
      return `ERROR: ${faultText('BAD_ARGUMENTS')}`;
    case 'failed':
      return `ERROR: ${faultText('FAILED', `${namespec}: ${range.reason}`)}`;
    default:
      return assertNever(range);
  }
}

/** As a person reads it: colours of terminals taken out, and nothing of a character that was cut at the front. */
function readable(log: Uint8Array): string {
  let start = 0;
  while (start < 3 && ((log[start] ?? 0) & 0xc0) === 0x80) start++;
  return Buffer.from(new AnsiStripper().strip(log.subarray(start))).toString();
}
