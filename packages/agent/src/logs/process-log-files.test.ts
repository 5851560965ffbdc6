import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { logSpec, logTo, openRealHost, programSpec } from '../os/testing/real-host.ts';
import { groupSpec } from '../supervision/testing/specs.ts';
import { keepAutoLogs } from './keep-auto-logs.ts';
import type { OutputSource } from './output-events.ts';

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

describe('the life of an AUTO log', () => {
  it('begins with its process group and ends with its process: one of the same name gets another', async () => {
    await using real = openRealHost();
    const spec = programSpec('cat', { stdout: auto, redirectStderr: true });
    const keeper = keepAutoLogs(real.logs);
    const add = () => keeper.groupAdded?.('prog', 'local', groupSpec('prog', { processes: [spec] }));
    add();
    const first = readdirSync(real.folder);
    expect(first).toHaveLength(1);
    keeper.processRemoved?.(spec);
    add();
    expect(readdirSync(real.folder)).toHaveLength(2);
    expect(first).not.toContain(basename(real.logs.pathOf(spec, 'stdout') ?? ''));
  });

  it('outlasts the clean-up, with its backups, while its process exists', async () => {
    await using real = openRealHost();
    const spec = programSpec('cat', { stdout: auto });
    const path = real.logs.pathOf(spec, 'stdout') ?? '';
    for (const name of [`${path}.1`, join(real.folder, 'old-stdout---test-abcdefgh.log')]) writeFileSync(name, '');
    real.logs.removeOldAutoLogs(() => {});
    expect(readdirSync(real.folder).toSorted()).toEqual([basename(path), `${basename(path)}.1`]);
    real.logs.forget(spec);
    real.logs.removeOldAutoLogs(() => {});
    expect(readdirSync(real.folder)).toEqual([]);
  });

  it('is in another folder after a reload that says so', async () => {
    await using real = openRealHost();
    const folder = join(real.folder, 'sub');
    mkdirSync(folder);
    real.logs.adopt({ childlogdir: folder, identifier: 'other', stripAnsi: false });
    const path = real.logs.pathOf(programSpec('cat', { stdout: auto }), 'stdout');
    expect(path).toMatch(new RegExp(`^${folder}/prog-stdout---other-`));
  });
});

describe('clear and adjust', () => {
  it('empty both logs of a process, whether it runs or not', async () => {
    await using real = openRealHost();
    const [out, err] = [join(real.folder, 'out'), join(real.folder, 'err')];
    const spec = programSpec(`/bin/sh -c 'echo out; echo err >&2; read line; echo last'`, {
      stdout: logTo(out),
      stderr: logTo(err),
    });
    const run = real.run(spec);
    await vi.waitFor(() => expect([real.read('out'), real.read('err')]).toEqual(['out\n', 'err\n']));
    real.logs.clear(spec);
    expect([real.read('out'), real.read('err')]).toEqual(['', '']);
    real.host.writeStdin(run.launch, Buffer.from('\n'));
    await run.exit;
    expect([real.read('out'), real.read('err')]).toEqual(['last\n', '']);
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

describe('a run', () => {
  it('has its output told with its pid, its messages captured, and its last bytes in the log', async () => {
    const told: string[] = [];
    const tell = (what: string) => (source: OutputSource, bytes: Uint8Array) =>
      told.push(`${what} ${source.channel} ${source.pid()}: ${Buffer.from(bytes)}`);
    const events = { written: tell('written'), captured: tell('captured'), listens: () => () => {} };
    await using real = openRealHost({ audience: { events } });
    const out = logTo(join(real.folder, 'out'), { captureMaxBytes: 100 });
    const err = logTo(join(real.folder, 'err'), { eventsEnabled: true });
    const script = 'printf "a<!--XSUPERVISOR:BEGIN-->m<!--XSUPERVISOR:END-->short<!--"; printf oops >&2';
    const run = real.run(programSpec(`/bin/sh -c '${script}'`, { stdout: out, stderr: err }));
    await run.exit;
    expect(told.toSorted()).toEqual([`captured stdout ${run.pid}: m`, `written stderr ${run.pid}: oops`]);
    expect([real.read('out'), real.read('err')]).toEqual(['ashort<!--', 'oops']);
  });

  it('may write 100 MB without an end of line, also where its output is told', async () => {
    let bytes = 0;
    const count = (_: OutputSource, chunk: Uint8Array) => {
      bytes += chunk.length;
    };
    const events = { written: count, captured: () => {}, listens: () => () => {} };
    const syslog = () => ({ write: () => {} });
    await using real = openRealHost({ audience: { events, syslog }, stripAnsi: true });
    const options = { captureMaxBytes: 1000, eventsEnabled: true, syslog: true, maxBytes: 1024 ** 2 };
    const stdout = logTo(join(real.folder, 'out'), options);
    await real.run(programSpec('head -c 100000000 /dev/zero', { stdout })).exit;
    expect(bytes).toBe(100_000_000);
    expect(statSync(join(real.folder, 'out')).size).toBeLessThan(1024 ** 2);
  });
});
