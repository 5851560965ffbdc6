import { describe, expect, it } from 'vitest';
import { type GetoptOption, getopt } from './getopt.ts';

const options: readonly GetoptOption[] = [
  { short: 'n', long: 'nodaemon' },
  { short: 'k', long: 'nocleanup' },
  { short: 'c', long: 'configuration', takes: 'FILE' },
  { short: 'l', long: 'logfile', takes: 'FILE' },
  { long: 'logfile_maxbytes', takes: 'BYTES' },
  { long: 'controller', takes: 'HOST:PORT', inFull: true },
];

function split(...argv: string[]) {
  const result = getopt(argv, options);
  return result.ok
    ? [...result.found.map(({ written, value }) => `${written} ${value}`.trim()), ...result.rest]
    : result.message;
}

describe('getopt', () => {
  it.each<[string, string[], string[]]>([
    ['nothing', [], []],
    ['letters apart and together', ['-n', '-k', '-kn'], ['-n', '-k', '-k', '-n']],
    ['a value behind its letter', ['-c', 'x'], ['-c x']],
    ['a value joined to its letter', ['-cx'], ['-c x']],
    ['a value behind a bundle', ['-nc', '-k'], ['-n', '-c -k']],
    ['a value joined to a bundle', ['-ncx'], ['-n', '-c x']],
    ['long names', ['--nodaemon', '--logfile', 'x', '--logfile=y=z'], ['--nodaemon', '--logfile x', '--logfile y=z']],
    ['an empty value', ['--logfile=', '-l', ''], ['--logfile', '-l']],
    ['a name that others begin with', ['--logfile', '--nodaemon'], ['--logfile --nodaemon']],
    [
      'what is short for one name alone',
      ['--nod', '--logfile_=1', '--con', 'x'],
      ['--nodaemon', '--logfile_maxbytes 1', '--configuration x'],
    ],
    ['a name that may not be short', ['--controller=a:1'], ['--controller a:1']],
    ['words after the first that is no option', ['-n', 'x', '-k'], ['-n', 'x', '-k']],
    ['words after --', ['-n', '--', '-k'], ['-n', '-k']],
    ['a hyphen alone', ['-'], ['-']],
  ])('reads %s', (_, argv, expected) => {
    expect(split(...argv)).toEqual(expected);
  });

  it.each([
    ['-x', 'option -x not recognized'],
    ['-nx', 'option -x not recognized'],
    ['-:', 'option -: not recognized'],
    ['-é', 'option -é not recognized'],
    ['-c', 'option -c requires argument'],
    ['--nonsense', 'option --nonsense not recognized'],
    ['--nonsense=1', 'option --nonsense not recognized'],
    ['--no', 'option --no not a unique prefix'],
    ['--logf=x', 'option --logf not a unique prefix'],
    ['--=x', 'option -- not a unique prefix'],
    ['--conf', 'option --configuration requires argument'],
    ['--nod=1', 'option --nodaemon must not have an argument'],
    ['--controll=a:1', 'option --controll not recognized'],
  ])('refuses %s', (word, message) => {
    expect(split(word)).toBe(message);
  });
});
