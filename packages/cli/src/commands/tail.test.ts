/** `fleetctl tail`: one log and many, into a file and onto a terminal. */
import { TailLogsResponse } from '@fleetvisor/protocol/api';
import type { DeepPartial } from '@fleetvisor/protocol/common';
import { LogStream } from '@fleetvisor/protocol/common';
import { afterEach, describe, expect, it } from 'vitest';
import { exitCode } from '../exit-code.ts';
import { healthyFleet, unmatched } from '../testing/answers.ts';
import { type Script, type ScriptedController, startScriptedController } from '../testing/scripted-controller.ts';
import { type Ran, run, type TestSetting } from '../testing/test-world.ts';

let controller: ScriptedController | undefined;

afterEach(async () => {
  await controller?.[Symbol.asyncDispose]();
  controller = undefined;
});

async function ask(argv: readonly string[], script: Script, setting: TestSetting = {}): Promise<Ran> {
  controller = await startScriptedController(script);
  return run(argv, { controller: controller.address, ...setting });
}

function piece(host: string, data: string | Buffer, more: DeepPartial<TailLogsResponse> = {}): TailLogsResponse {
  const process = { group: 'cat', name: 'cat' };
  return TailLogsResponse.fromPartial({ host, process, stream: LogStream.STDOUT, data: Buffer.from(data), ...more });
}

const oneProcess = () => healthyFleet.slice(0, 1);
const twoProcesses = () => healthyFleet;
const evil = 'a\u001b]0;owned\u0007b \u001b[31mred\u001b[0m\n';

describe('fleetctl tail', () => {
  it('gives a file the bytes of the log', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x1b, 0x5b, 0x32, 0x4a, 0x0a, 0x62]);
    const ran = await ask(['tail', 'web1/cat'], {
      listProcesses: oneProcess,
      tailLogs: () => [
        piece('web1', bytes.subarray(0, 2)),
        piece('web1', bytes.subarray(2)),
        piece('web1', '', { end: true }),
      ],
    });
    expect(ran).toEqual({ code: exitCode.ok, stdout: bytes.toString(), stderr: '' });
    expect(controller?.asked.at(-1)?.question).toMatchObject({
      scope: { hosts: ['web1'] },
      targets: ['cat'],
      stream: LogStream.STDOUT,
      tailBytes: 1600,
      follow: false,
    });
  });

  it('gives a terminal colours and nothing that moves it', async () => {
    const script: Script = { listProcesses: oneProcess, tailLogs: () => [piece('web1', `${evil}no end`)] };
    const ran = await ask(['tail', 'cat', '--host', 'web1'], script, { isTerminal: true });
    expect(ran.stdout).toBe('ab \u001b[31mred\u001b[0m\nno end\n');
  });

  it.each<[readonly string[], object]>([
    [['tail', '-f', 'cat', 'stderr'], { follow: true, tailBytes: 1024, stream: LogStream.STDERR }],
    [['tail', '-100', 'cat'], { follow: false, tailBytes: 100 }],
    [['tail', '-f', '-n', '5', 'cat'], { follow: true, tailBytes: 5 }],
  ])('reads %s as supervisorctl does', async (argv, question) => {
    await ask(argv, { listProcesses: oneProcess, tailLogs: () => [] });
    expect(controller?.asked.at(-1)?.question).toMatchObject(question);
  });

  it('tells several logs apart, line by line', async () => {
    const ran = await ask(['tail', 'cat'], {
      listProcesses: twoProcesses,
      tailLogs: () => [
        piece('web1', 'one\ntw'),
        piece('web2', 'uno\n'),
        piece('web1', 'o\nthree'),
        piece('web1', '', { end: true }),
        piece('web2', 'due', { end: true }),
      ],
    });
    expect(ran.stdout.split('\n')).toEqual([
      'web1 cat | one',
      'web2 cat | uno',
      'web1 cat | two',
      'web1 cat | three',
      'web2 cat | due',
      '',
    ]);
  });

  it('lets no colour run into the next prefix', async () => {
    const script: Script = { listProcesses: twoProcesses, tailLogs: () => [piece('web1', '\u001b[31mred\nplain\n')] };
    const ran = await ask(['tail', 'cat'], script, { isTerminal: true });
    expect(ran.stdout).toBe('web1 cat | \u001b[31mred\u001b[0m\nweb1 cat | plain\n');
  });

  it('says what was left out, and which log could not be read', async () => {
    const ran = await ask(['tail', 'cat'], {
      listProcesses: twoProcesses,
      tailLogs: () => [
        piece('web1', 'half\nx\n', { skippedBytes: 1234n, end: true }),
        piece('web2', '', { end: true, error: 'no log file' }),
      ],
    });
    expect(ran).toMatchObject({ code: exitCode.partial, stdout: 'web1 cat | x\n' });
    expect(ran.stderr).toBe(
      'fleetctl: web1 cat: 1234 bytes were left out: reading is too slow\nweb2 cat: ERROR (no log file)\n',
    );
  });

  it('never makes one line of two that belong to either side of a gap', async () => {
    const pieces = (...first: Buffer[]) => [
      ...first.map((data) => piece('web1', data)),
      piece('web1', 'd of another', { skippedBytes: 10n }),
      piece('web1', ' line\nwhole'),
      piece('web1', ' line\n', { end: true }),
    ];
    const begun = Buffer.from('one\nbegi');
    const alone = await ask(['tail', '-f', 'cat'], { listProcesses: oneProcess, tailLogs: () => pieces(begun) });
    expect(alone.stdout).toBe('one\nbegi\nwhole line\n');
    const many = await ask(['tail', '-f', 'cat'], { listProcesses: twoProcesses, tailLogs: () => pieces(begun) });
    expect(many.stdout).toBe('web1 cat | one\nweb1 cat | begi\nweb1 cat | whole line\n');
    // Neither a character nor a colour that the gap has cut is gone on with.
    const cut = Buffer.concat([Buffer.from('one\n\u001b['), Buffer.from('é').subarray(0, 1)]);
    const script: Script = { listProcesses: twoProcesses, tailLogs: () => pieces(cut) };
    const shown = await ask(['tail', '-f', 'cat'], script, { isTerminal: true });
    expect(shown.stdout).toMatch(/^web1 cat \| one\n(web1 cat \| \n)?web1 cat \| whole line\n$/);
  });

  it('goes on after a gap in what has no lines', async () => {
    const long = 'x'.repeat(40_000);
    const ran = await ask(['tail', '-f', 'cat'], {
      listProcesses: oneProcess,
      tailLogs: () => [piece('web1', long, { skippedBytes: 1n }), piece('web1', long), piece('web1', 'end')],
    });
    expect(ran.stdout).toBe('end');
  });

  it('ends with 4 when nobody has it', async () => {
    const ran = await ask(['tail', 'nosuch'], { listProcesses: () => [unmatched('nosuch')] });
    expect(ran).toEqual({ code: exitCode.noMatch, stdout: '', stderr: 'nosuch: ERROR (no such process name)\n' });
  });

  it('knows two channels', async () => {
    const ran = await ask(['tail', 'cat', 'stdin'], {});
    expect(ran).toMatchObject({ code: exitCode.usage });
    expect(ran.stderr).toMatch(/bad channel 'stdin'/);
  });

  it('prints lines of json', async () => {
    const ran = await ask(['tail', 'cat', '-o', 'jsonl'], {
      listProcesses: oneProcess,
      tailLogs: () => [piece('web1', 'one\n', { end: true })],
    });
    expect(JSON.parse(ran.stdout)).toEqual({
      schema: 1,
      kind: 'log',
      host: 'web1',
      process: { group: 'cat', name: 'cat' },
      text: 'one\n',
      skippedBytes: 0,
      isEnd: true,
      error: null,
    });
  });
});
