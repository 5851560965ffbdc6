import { describe, expect, it } from 'vitest';
import { parseClientConfig } from './parse-client-config.ts';

const host = {
  env: { NAME: 'eve' },
  cwd: '/work',
  homeOf: (user: string | undefined) => (user === undefined ? '/home/me' : undefined),
};

function parse(text: string | Uint8Array) {
  return parseClientConfig({ file: '/etc/sup/supervisord.conf', text }, host);
}

function problemOf(text: string | Uint8Array): string {
  const result = parse(text);
  return result.ok ? 'no problem' : (result.problems[0]?.message ?? 'none');
}

describe('parseClientConfig', () => {
  it('has the defaults of an empty section', () => {
    expect(parse('[supervisorctl]\n')).toEqual({
      ok: true,
      ctl: {
        serverurl: 'http://localhost:9001',
        username: undefined,
        password: undefined,
        prompt: 'supervisor',
        historyFile: undefined,
      },
    });
  });

  it('expands here and the environment, and makes paths absolute', () => {
    const text =
      '[supervisorctl]\nserverurl=unix://%(here)s/../s.sock\nusername=%(ENV_NAME)s\nhistory_file=~/.history\n[program:x]\n';
    expect(parse(text)).toMatchObject({
      ok: true,
      ctl: { serverurl: 'unix:///etc/s.sock', username: 'eve', historyFile: '/home/me/.history' },
    });
  });

  it('refuses what supervisorctl refuses, in its words', () => {
    expect(problemOf('[supervisord]\n')).toBe('.ini file does not include supervisorctl section');
    expect(problemOf('[supervisorctl]\nprompt=%(ENV_NOPE)s\n')).toContain(
      "Format string '%(ENV_NOPE)s' for 'supervisorctl.prompt' contains names ('ENV_NOPE') which cannot be expanded",
    );
    expect(problemOf(Uint8Array.of(0x5b, 0x61, 0x5d, 0x0a, 0xff))).toContain("can't decode byte 0xff in position 4");
    expect(problemOf('x=1\n')).toContain('File contains no section headers');
  });

  it('does not mind a plugin, but one that says nothing', () => {
    const plugin = '[supervisorctl]\n[ctlplugin:x]\n';
    expect(problemOf(plugin)).toBe('section [ctlplugin:x] does not specify a supervisor.ctl_factory');
    expect(problemOf(`${plugin}supervisor.ctl_factory=python.module:factory\n`)).toBe('no problem');
  });

  it('does not follow includes', () => {
    expect(problemOf('[include]\nfiles=*.conf\n')).toBe('.ini file does not include supervisorctl section');
  });
});
