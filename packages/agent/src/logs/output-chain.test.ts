import type { LogSpec } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { logSpec } from '../os/testing/real-host.ts';
import { LastBytes } from './last-bytes.ts';
import { type ChainLink, outputChain } from './output-chain.ts';
import type { OutputSource } from './output-events.ts';

const source: OutputSource = { process: { group: 'g', name: 'cat' }, channel: 'stdout', pid: () => 7 };
const begin = '<!--XSUPERVISOR:BEGIN-->';
const end = '<!--XSUPERVISOR:END-->';

/** What becomes of chunks, in the order in which it is told; `log` is the file. */
function told(
  chunks: readonly string[],
  over: Partial<Omit<ChainLink, 'log'>> & { readonly log?: Partial<LogSpec>; readonly isDebug?: boolean } = {},
): readonly string[] {
  const story: string[] = [];
  const tell = (who: string) => (bytes: Uint8Array) => story.push(`${who} ${Buffer.from(bytes).toString('latin1')}`);
  const file = { write: tell('log'), isBlocked: false, flush: () => {}, close: () => story.push('closed') };
  const from = ({ process, channel, pid }: OutputSource) => `${process.group}:${process.name} ${channel} ${pid()}:`;
  const { log, isDebug = false, ...rest } = over;
  const link = { source, kind: 'program', stripAnsi: false, last: undefined, ...rest } as const;
  const chain = outputChain(
    file,
    { ...link, log: logSpec({ kind: 'none' }, log) },
    {
      events: {
        written: (whose, chunk) => tell(`written ${from(whose)}`)(chunk),
        captured: (whose, message) => tell(`captured ${from(whose)}`)(message),
        listens: () => tell('heard'),
      },
      mainLog: { isLogged: () => isDebug, log: (level, text) => isDebug && story.push(`${level} ${text}`) },
      syslog: () => ({ write: tell('syslog') }),
    },
  );
  for (const chunk of chunks) chain.write(Buffer.from(chunk, 'latin1'));
  chain.close();
  return story;
}

describe('output', () => {
  it('goes to the log and to nobody else unless asked for', () => {
    expect(told(['a', 'b'])).toEqual(['log a', 'log b', 'closed']);
  });

  it('becomes an event for each chunk, without what strip_ansi takes out', () => {
    const log = { eventsEnabled: true };
    expect(told(['a\x1b[1', 'mb', '\x1b[m'], { log, stripAnsi: true })).toEqual([
      ...['log a', 'written g:cat stdout 7: a'],
      ...['log b', 'written g:cat stdout 7: b', 'closed'],
    ]);
  });

  it('is in the main log at level debug, as text where it is any', () => {
    expect(told(['caf\xc3\xa9\n', '\xe9'], { isDebug: true })).toEqual([
      ...['log caf\xc3\xa9\n', "debug 'cat' stdout output:\ncafé\n"],
      ...['log \xe9', "debug 'cat' stdout output:\nUndecodable: b'\\xe9'", 'closed'],
    ]);
  });

  it('goes to the system log line by line, and to the file', () => {
    expect(told(['a\nb', 'c'], { log: { syslog: true } })).toEqual([
      ...['log a\nb', 'syslog cat a', 'log c', 'syslog cat bc', 'closed'],
    ]);
  });

  it('is remembered as it is in the log', () => {
    const last = new LastBytes(100);
    told(['a\x1b[m', `b${begin}m${end}c`], { last, stripAnsi: true, log: { captureMaxBytes: 10 } });
    expect(Buffer.from(last.bytes()).toString()).toBe('abc');
  });
});

describe('captured messages', () => {
  const log = { captureMaxBytes: 10 };

  it('are no log but an event, and are output for whoever listens to output', () => {
    const both = { ...log, eventsEnabled: true };
    expect(told([`a${begin}m\x1b[m`, `n${end}b`], { log: both, stripAnsi: true })).toEqual([
      ...['log a', 'written g:cat stdout 7: a', 'written g:cat stdout 7: m', 'written g:cat stdout 7: n'],
      ...['captured g:cat stdout 7: mn', 'log b', 'written g:cat stdout 7: b', 'closed'],
    ]);
  });

  it('are told of in the main log at level debug', () => {
    expect(told([`${begin}m${end}`], { log, isDebug: true })).toEqual([
      ...["debug 'cat' stdout output:\nm", 'captured g:cat stdout 7: m'],
      ...["debug 'cat' stdout emitted a comm event", 'closed'],
    ]);
  });

  it('keep their newest bytes when they are too long, however they come', () => {
    const expected = ['captured g:cat stdout 7: 6789abcdef', 'closed'];
    expect(told([`${begin}0123456789abcdef${end}`], { log })).toEqual(expected);
    expect(told([...`${begin}0123456789abcdef${end}`], { log })).toEqual(expected);
  });

  it('that break off are output after all', () => {
    expect(told([`a${begin}why I di`], { log })).toEqual(['log a', `log ${begin}`, 'log why I di', 'closed']);
  });

  it('are text where capture mode is off', () => {
    expect(told([`${begin}m${end}`])).toEqual([`log ${begin}m${end}`, 'closed']);
  });
});

describe('an event listener', () => {
  const all = { captureMaxBytes: 10, eventsEnabled: true, syslog: true };

  it('is heard on its stdout as it wrote, and makes no events there', () => {
    expect(told([`\x1b[mREADY\n${begin}x${end}`], { kind: 'eventlistener', log: all, stripAnsi: true })).toEqual([
      ...[`log READY\n${begin}x${end}`, `heard \x1b[mREADY\n${begin}x${end}`, 'closed'],
    ]);
  });

  it('has its stdout in the main log as a literal', () => {
    expect(told(['READY\n'], { kind: 'eventlistener', isDebug: true })).toEqual([
      ...['log READY\n', "debug 'cat' stdout output:\nb'READY\\n'", 'heard READY\n', 'closed'],
    ]);
  });

  it('is like any other program on its stderr', () => {
    const stderr = { ...source, channel: 'stderr' } as const;
    expect(told(['x'], { kind: 'eventlistener', source: stderr, log: { eventsEnabled: true } })).toEqual([
      ...['log x', 'written g:cat stderr 7: x', 'closed'],
    ]);
  });
});
