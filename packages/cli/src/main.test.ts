/** fleetctl as a process: exit codes, pipes, signals, and a controller that is not there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCode } from './exit-code.ts';
import { event, healthyFleet, wholeFleet } from './testing/answers.ts';
import { type Script, type ScriptedController, startScriptedController } from './testing/scripted-controller.ts';
import { version } from './version.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
const owned: { [Symbol.asyncDispose](): PromiseLike<void> }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetctl-'));
});

afterEach(async () => {
  for (const one of owned.splice(0)) await one[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function serve(script: Script): Promise<ScriptedController> {
  const controller = await startScriptedController(script);
  owned.push(controller);
  return controller;
}

function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [main, ...argv], {
    env: { HOME: folder, PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function result(child: ChildProcess) {
  const [stdout, stderr, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'exit')]);
  return { code, stdout, stderr };
}

async function textOf(stream: ChildProcess['stdout']): Promise<string> {
  return stream === null ? '' : Buffer.concat(await Array.fromAsync(stream)).toString();
}

describe('the fleetctl process', () => {
  it('answers, and ends with the exit code of the command', async () => {
    const { address } = await serve({ listProcesses: () => wholeFleet });
    const ran = await result(start(['status', 'cat', '-o', 'name', '--controller', address]));
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toContain('web1/cat:cat\n');
    expect(ran.code).toBe(exitCode.notRunning);
  });

  it('reads the controller from the user’s settings', async () => {
    const { address } = await serve({ listProcesses: () => healthyFleet });
    const path = join(folder, 'contexts.ini');
    await writeFile(path, `[context here]\ncontroller=${address}\n`);
    expect(await result(start(['context', 'use', 'here'], { FLEETCTL_CONFIG: path }))).toMatchObject({ code: 0 });
    expect(await readFile(path, 'utf8')).toMatch(/^current=here\n\[context here\]/);
    expect(await result(start(['status'], { FLEETCTL_CONFIG: path }))).toMatchObject({ code: 0 });
  });

  it('names a contexts file that it cannot read', async () => {
    const ran = await result(start(['status'], { FLEETCTL_CONFIG: folder }));
    expect(ran).toMatchObject({ code: exitCode.usage, stdout: '' });
    expect(ran.stderr).toMatch(`cannot read the contexts file ${folder}: EISDIR`);
  });

  it('says at once that the controller is down', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    server.close();
    await once(server, 'close');
    const ran = await result(start(['status'], { FLEET_CONTROLLER: `127.0.0.1:${port}` }));
    expect(ran).toEqual({
      code: exitCode.error,
      stdout: '',
      stderr: `fleetctl: cannot reach the controller at 127.0.0.1:${port}: connection refused: nothing listens there; see whether fleet-controller runs there, or name another with --controller HOST:PORT\n`,
    });
  });

  it('gives up on an address where nobody speaks', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    owned.push({
      [Symbol.asyncDispose]: async () => {
        silent.close();
      },
    });
    const ran = await result(start(['hosts', '--controller', `127.0.0.1:${port}`]));
    expect(ran).toMatchObject({ code: exitCode.error });
    expect(ran.stderr).toMatch(
      /^fleetctl: cannot reach the controller at \S+: what listens there is no controller, or it hangs;/,
    );
  });

  it('ends quietly when the reader of its output goes away', async () => {
    const events = Array.from({ length: 2_000 }, (_, i) =>
      event(i + 1, 'web1', { kind: { $case: 'agentStopping', value: { reason: 'x'.repeat(200) } } }),
    );
    const { address } = await serve({ listEvents: () => [{ events }] });
    const child = start(['events', '--controller', address]);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const [stderr, [code]] = await Promise.all([textOf(child.stderr), once(child, 'exit')]);
    expect({ stderr, code }).toEqual({ stderr: '', code: exitCode.brokenPipe });
  });

  it('ends on Ctrl-C what it follows', async () => {
    const { address } = await serve({
      getFleet: () => ({
        version: '',
        fleetId: '',
        incarnation: '',
        startedAtUs: 0n,
        hostCount: 0,
        onlineCount: 0,
        position: 0n,
      }),
      listEvents: async function* (_question, signal) {
        yield { events: [event(1, 'web1', { kind: { $case: 'agentStopping', value: { reason: 'x' } } })] };
        await once(signal, 'abort');
      },
    });
    const child = start(['events', '-f', '--controller', address]);
    child.stdout?.once('data', () => child.kill('SIGINT'));
    expect(await result(child)).toMatchObject({ code: exitCode.interrupted, stderr: '' });
  });

  it('needs neither a controller nor gRPC for help, version and validation', async () => {
    await writeFile(join(folder, 'web.conf'), '[program:cat]\ncommand=/bin/cat\n');
    // A contexts file that makes no sense would be found wanting if anybody looked for the controller.
    const env = { FLEETCTL_CONFIG: join(folder, 'nosuch.ini') };
    for (const argv of [['help'], ['version', '--client'], ['config', 'validate', join(folder, 'web.conf')]]) {
      expect(await result(start(argv, env))).toMatchObject({ code: 0, stderr: '' });
    }
  });

  it('reads a config file from its standard input', async () => {
    const child = spawn(process.execPath, [main, 'config', 'validate', '-'], {
      env: { HOME: folder, PATH: process.env.PATH ?? '' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end('[program:cat]\ncommand=/bin/cat\n');
    expect(await result(child)).toEqual({
      code: exitCode.ok,
      stdout: '-: ok: 1 process group, 1 process\n',
      stderr: '',
    });
  });

  it('has the version of its package', async () => {
    const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
    expect(version).toBe(JSON.parse(text).version);
  });
});
