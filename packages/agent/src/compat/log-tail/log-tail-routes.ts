/** `/logtail/<namespec>[/<channel>]` and `/mainlogtail`: what `supervisorctl tail -f` and `maintail -f` read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import type { Daemon } from '../daemon.ts';
import type { Route } from '../http/route.ts';
import { sendError } from '../http/send.ts';
import { logOnDisk } from './log-on-disk.ts';
import { parseLogPath } from './log-path.ts';
import { streamLog } from './stream-log.ts';

export type LogTailParts = Pick<Daemon, 'supervisor' | 'logs' | 'files' | 'mainLog'>;

export function logTailRoutes(daemon: LogTailParts): readonly Route[] {
  return [
    {
      prefix: '/logtail',
      handle: (request, response) =>
        answer(daemon, request, response, processLogPath(daemon, request.url ?? ''), {
          'X-Accel-Buffering': 'no', // nginx would hold lines back until it has a buffer full
        }),
    },
    {
      prefix: '/mainlogtail',
      handle: (request, response) => answer(daemon, request, response, daemon.mainLog.path(), {}),
    },
  ];
}

async function answer(
  { files }: LogTailParts,
  request: IncomingMessage,
  response: ServerResponse,
  path: string | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  if (request.method !== 'GET') return sendError(response, 400);
  const log = logOnDisk(path);
  if (path === undefined || log === undefined) return sendError(response, 404);
  response.writeHead(200, {
    'Last-Modified': log.mtime.toUTCString(),
    'Content-Type': 'text/plain;charset=utf-8',
    ...headers,
  });
  await streamLog(files, resolve(path), response);
}

/** Where the log that is asked for goes; undefined when there is no such process, or it goes to no file. */
function processLogPath({ supervisor, logs }: LogTailParts, url: string): string | undefined {
  const ask = parseLogPath(url);
  const spec = ask && supervisor.spec(ask.process);
  if (ask === undefined || spec === undefined) return undefined;
  supervisor.collectOutput(ask.process);
  return logs.pathOf(spec, ask.stream);
}
