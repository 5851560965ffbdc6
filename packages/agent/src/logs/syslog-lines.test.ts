import { describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX, syslogLines } from './syslog-lines.ts';

function sent(...chunks: readonly string[]): readonly string[] {
  const messages: string[] = [];
  const sink = syslogLines('cat', { write: (message) => messages.push(Buffer.from(message).toString('latin1')) });
  for (const chunk of chunks) sink.write(Buffer.from(chunk, 'latin1'));
  sink.close();
  return messages;
}

const long = 'x'.repeat(LINE_BYTES_MAX);

describe('lines to the system log', () => {
  it.each([
    ['each with the name', ['one\ntwo\n'], ['cat one', 'cat two']],
    ['a line in pieces', ['on', 'e\nt', 'wo', '\n'], ['cat one', 'cat two']],
    ['an empty line', ['a\n\nb\n'], ['cat a', 'cat ', 'cat b']],
    ['the last one without its end', ['one\ntw', 'o'], ['cat one', 'cat two']],
    ['nothing of nothing', [], []],
    ['bytes that are no UTF-8', ['caf\xe9\n'], ['cat caf\xe9']],
    ['a line of the greatest length', [`${long}\n`], [`cat ${long}`]],
    ['a longer one in several', [`${long}${long}y`, 'z\n'], [`cat ${long}`, `cat ${long}`, 'cat yz']],
  ])('%s', (_, chunks, expected) => {
    expect(sent(...chunks)).toEqual(expected);
  });
});
