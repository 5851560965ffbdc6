import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logSpec, logTo, openRealHost, programSpec } from '../os/testing/real-host.ts';

const auto = logSpec({ kind: 'auto' }, { maxBytes: 1000, backups: 1 });

describe('pathOf', () => {
  it('resolves a file, and knows where there is none', async () => {
    await using real = openRealHost();
    const spec = programSpec('cat', { stdout: logTo('rel.log') });
    expect(real.logs.pathOf(spec, 'stdout')).toBe(join(process.cwd(), 'rel.log'));
    expect(real.logs.pathOf(spec, 'stderr')).toBeUndefined();
  });

  it('makes one AUTO log for all runs, before the first', async () => {
    await using real = openRealHost();
    const spec = programSpec('echo hi', { stdout: auto, stderr: auto });
    const path = real.logs.pathOf(spec, 'stdout') ?? '';
    expect(path).toMatch(new RegExp(`^${real.folder}/prog-stdout---test-\\w{8}\\.log$`));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (let i = 0; i < 2; i++) await real.run(spec).exit;
    expect(readFileSync(path, 'utf8')).toBe('hi\nhi\n');
    expect(real.logs.pathOf({ ...spec }, 'stdout')).toBe(path);
    expect(real.logs.pathOf(spec, 'stderr')).not.toBe(path);
  });
});

describe('clear and adjust', () => {
  it('empty both logs, running or not', async () => {
    await using real = openRealHost();
    const [out, err] = [join(real.folder, 'out'), join(real.folder, 'err')];
    const spec = programSpec(`/bin/sh -c 'echo out; echo err >&2'`, { stdout: logTo(out), stderr: logTo(err) });
    await real.run(spec).exit;
    real.logs.clear(spec);
    expect([real.read('out'), real.read('err')]).toEqual(['', '']);
  });

  it('set the limits of a run under way', async () => {
    await using real = openRealHost();
    const out = join(real.folder, 'out');
    const script = `/bin/sh -c 'read line; echo 12345; read line'`;
    const run = real.run(programSpec(script, { stdout: logTo(out) }));
    real.logs.adjust(programSpec(script, { stdout: logTo(out, { maxBytes: 3, backups: 1 }) }));
    real.host.writeStdin(run.launch, Buffer.from('a\nb\n'));
    await run.exit;
    expect(existsSync(`${out}.1`)).toBe(true);
  });
});
