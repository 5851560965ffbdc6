import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

function read(line: string) {
  const parsed = parseArguments(line.split(' ').filter((word) => word !== ''));
  if (parsed.kind === 'wrong') return parsed.message;
  if (parsed.kind === 'help') return 'help';
  const { words, ...options } = parsed.options;
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
  return { ...Object.fromEntries(given), words: words.join(' ') };
}

describe('parseArguments', () => {
  it.each([
    ['status run', { words: 'status run' }],
    [
      '-c a.conf -i -u me -p secret -r h -s http://x status',
      expect.objectContaining({
        configuration: 'a.conf',
        interactive: true,
        username: 'me',
        password: 'secret',
        historyFile: 'h',
        serverurl: 'http://x',
        words: 'status',
      }),
    ],
    ['--configuration=a.conf --interactive', { configuration: 'a.conf', interactive: true, words: '' }],
    ['--configuration a.conf', { configuration: 'a.conf', words: '' }],
    ['-ic a.conf pid', { configuration: 'a.conf', interactive: true, words: 'pid' }],
    ['-ca.conf', { configuration: 'a.conf', words: '' }],
    ['--user=me', { username: 'me', words: '' }],
    ['--history-file=h', { historyFile: 'h', words: '' }],
    ['--history_file=h', { historyFile: 'h', words: '' }],
    ['--hist h', { historyFile: 'h', words: '' }],
    ['-- -x', { words: '-x' }],
    ['- -i', { words: '- -i' }],
    ['tail -f x', { words: 'tail -f x' }],
    ['-h', 'help'],
    ['-?', 'help'],
    ['--help -s', 'option -s requires argument'],
  ])('%s', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each([
    ['-z', 'option -z not recognized'],
    ['-c', 'option -c requires argument'],
    ['--foo', 'option --foo not recognized'],
    ['--serverurl', 'option --serverurl requires argument'],
    ['--h', 'option --h not a unique prefix'],
    ['--help=x', 'option --help must not have an argument'],
    ['--constructor', 'option --constructor not recognized'],
    ['-i -i', "conflicting command line option '-i'"],
    ['-u a -u b', "conflicting command line option '-u'"],
    ['-u a --username b', "conflicting command line option '--username'"],
    ['-s foo', "invalid value for -s 'foo': value 'foo' is not a URL"],
    ['--server http://', "invalid value for --serverurl 'http://': value 'http://' is not a URL"],
  ])('refuses %s', (line, message) => {
    expect(read(line)).toBe(message);
  });
});
