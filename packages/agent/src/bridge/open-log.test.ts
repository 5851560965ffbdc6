import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogSpec } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import { LogFiles } from '../logs/log-files.ts';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import type { ProcessName } from '../supervision/status.ts';
import { FakeProcessLogs } from '../supervision/testing/fake-process-logs.ts';
import { processSpec } from '../supervision/testing/specs.ts';
import { logOpener } from './open-log.ts';

const collected: string[] = [];
const never = new AbortController().signal;
const plain = processSpec('web');
const to = (path: string): LogSpec => ({ ...plain.stdout, target: { kind: 'file', path } });

function openerFor(spec: typeof plain | undefined) {
  const collectOutput = ({ name }: ProcessName) => collected.push(name);
  const open = logOpener({ spec: () => spec, collectOutput }, new FakeProcessLogs(), new LogFiles(() => {}));
  return async (stream: 'stdout' | 'stderr') => {
    const ask = {
      streamId: 's',
      process: { group: 'web', name: 'web' },
      stream,
      tailBytes: 100,
      follow: false,
    } as const;
    let text = '';
    for await (const { data } of open(ask, never)) text += Buffer.from(data).toString();
    return text;
  };
}

async function refusal(read: Promise<string>): Promise<string> {
  const error = await read.catch((thrown) => thrown);
  if (error instanceof FleetError && error.code === 'not_found') return error.message;
  throw new Error(`it was not refused: ${error}`);
}

describe('logOpener', () => {
  it('reads the log that the process has for the stream', async () => {
    const path = join(tempFolder(), 'web.log');
    writeFileSync(path, 'hello\n');
    expect(await openerFor({ ...plain, stdout: to(path) })('stdout')).toBe('hello\n');
    expect(collected).toEqual(['web']); // what rested in its pipe is in the log by then
  });

  it.each([
    ['there is no such process', undefined, 'stdout', /^web: ERROR \(no such process\)$/],
    ['it keeps no log', plain, 'stdout', /it keeps no stdout log$/],
    ['its stderr goes to stdout', { ...plain, redirectStderr: true }, 'stderr', /redirect_stderr/],
    ['it is a device', { ...plain, stdout: to('/dev/stdout') }, 'stdout', /\/dev\/stdout cannot be read back$/],
  ] as const)('says so where %s', async (_, spec, stream, message) => {
    expect(await refusal(openerFor(spec)(stream))).toMatch(message);
  });
});
