import { describe, expect, it } from 'vitest';
import { expand } from './expand.ts';

const scope = {
  names: { program_name: 'web', process_num: 7, big: 255, minus: -3, 'a(b)c': 'odd' },
  env: { HOME: '/home/ann', PERCENT: '100%', SECRET_TOKEN: 'hunter2' },
  unknownEnv: 'error',
} as const;

function text(format: string): string {
  const expanded = expand(format, scope, 'program:x.command');
  return expanded.ok ? expanded.text : `! ${expanded.message.replace(/^.*badly formatted: /, '')}`;
}

describe('expand', () => {
  // Every expected text is what Python 3.11 says.
  it.each([
    ['plain', 'plain'],
    ['100%%', '100%'],
    ['%(program_name)s_%(process_num)02d', 'web_07'],
    ['%(process_num)d%(process_num)i%(process_num)u', '777'],
    ['%(process_num)s', '7'],
    ['%(program_name)6s|%(program_name)-6s|', '   web|web   |'],
    ['%(program_name).2s', 'we'],
    ['%(program_name)r', "'web'"],
    ['%(process_num)+d|%(process_num) d', '+7| 7'],
    ['%(process_num)05d|%(process_num)-5d|', '00007|7    |'],
    ['%(process_num).3d|%(process_num)08.3d', '007|00000007'],
    ['%(minus)05d', '-0003'],
    ['%(big)x %(big)X %(big)#x %(big)#o %(big)o', 'ff FF 0xff 0o377 377'],
    ['%(big)#08x', '0x0000ff'],
    ['%(process_num)f %(process_num).1f %(process_num)e %(process_num)g', '7.000000 7.0 7.000000e+00 7'],
    ['%(process_num)c%(a(b)c)s', '\x07odd'],
    ['%(process_num)ld', '7'],
    ['%(ENV_HOME)s/x', '/home/ann/x'],
    ['%(ENV_PERCENT)s', '100%'],
    ['date +%H', "! unsupported format character 'H' (0x48) at index 7"],
    ['é%é', "! unsupported format character '?' (0xe9) at index 2"],
    ['50%', '! incomplete format'],
    ['%(program_name)', '! incomplete format'],
    ['%(program_name', '! incomplete format key'],
    ['%(program_name)d', '! %d format: a real number is required, not str'],
    ['%(program_name)x', '! %x format: an integer is required, not str'],
    ['%(program_name)f', '! must be real number, not str'],
    ['%(program_name)c', '! %c requires int or char'],
    ['%(process_num)*d', '! not enough arguments for format string'],
    ['%5%', "! unsupported format character '%' (0x25) at index 2"],
    ['%(process_num)99999999999d', '! width too big'],
    // Python would print every variable of the environment here.
    ['date +%s', '! %s has no name'],
  ])('%j gives %j', (format, expected) => {
    expect(text(format)).toBe(expected);
  });

  it('names what is unknown, in its place, and no variable of the environment', () => {
    expect(expand('%(ENV_NOPE)s', scope, 'program:x.command')).toEqual({
      ok: false,
      message:
        "Format string '%(ENV_NOPE)s' for 'program:x.command' contains names ('ENV_NOPE') which cannot be expanded",
      allowed: 'a(b)c, big, minus, process_num, program_name, ENV_X for a variable X of the environment',
    });
  });

  it('knows nothing that objects inherit', () => {
    expect(expand('%(constructor)s', scope, 'x').ok).toBe(false);
    expect(expand('%(ENV_constructor)s', scope, 'x').ok).toBe(false);
  });

  it('keeps what another host may know', () => {
    const elsewhere = { ...scope, unknownEnv: 'keep' } as const;
    expect(expand('%(program_name)s %(ENV_NOPE)s%%', elsewhere, 'x')).toEqual({
      ok: true,
      text: 'web %(ENV_NOPE)s%',
      isComplete: false,
    });
    expect(expand('%(nope)s', elsewhere, 'x').ok).toBe(false);
  });
});
