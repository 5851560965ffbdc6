import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, systemRandom } from '@fleetvisor/primitives';
import type { Hello, Welcome } from '@fleetvisor/protocol/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runController } from './command-line.ts';
import { epochOf, ScriptedAgent } from './testing/scripted-agent.ts';
import { version } from './version.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'command-line-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The program with what it has printed so far. */
function started(...args: readonly string[]) {
  const stopping = new AbortController();
  const printed = { out: '', err: '' };
  const ended = runController(args, {
    stdout: { write: (text) => (printed.out += text) },
    stderr: { write: (text) => (printed.err += text) },
    signal: stopping.signal,
    clock: systemClock,
    random: systemRandom,
  });
  return { printed, ended, stop: () => stopping.abort('SIGTERM') };
}

async function ended(...args: readonly string[]) {
  const program = started(...args);
  return { code: await program.ended, ...program.printed };
}

const anyPorts = ['--api', '127.0.0.1:0', '--link', '127.0.0.1:0', '--http', '127.0.0.1:0'];

describe('fleet-controller', () => {
  it('prints its version', async () => {
    expect(await ended('version')).toEqual({ code: 0, out: `fleet-controller ${version}\n`, err: '' });
  });

  it('shows flags, defaults and examples', async () => {
    const { code, out } = await ended('run', '--help');
    expect(code).toBe(0);
    expect(out).toMatch(/--api <host:port>\s+where fleetctl connects\s+\(default: 127\.0\.0\.1:7400\)/);
    expect(out).toContain('fleet-controller run --data ./controller');
  });

  const refused: [string, readonly string[], RegExp][] = [
    ['an unknown command', ['walk'], /unknown command 'walk'/],
    ['an unknown flag', ['run', '--port', '1'], /unknown option '--port'/],
    ['an address others can reach', ['run', '--link', '0.0.0.0:7401'], /--link: will not listen on 0\.0\.0\.0:7401/],
    ['a file that is not there', ['run', '--config', '/nowhere/c.ini'], /cannot read \/nowhere\/c\.ini/],
    ['a level that is none', ['run', '--log-level', 'loud'], /--log-level: 'loud' is not one of/],
  ];
  it.each(refused)('refuses %s', async (_name, args, message) => {
    const { code, err } = await ended(...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) });
  });

  it('says which option of controller.ini makes no sense', async () => {
    const ini = path.join(folder, 'controller.ini');
    await writeFile(ini, '[controller]\nretain-days = for ever\n');
    const { code, err } = await ended('run', '--config', ini);
    expect(code).toBe(2);
    expect(err).toContain(`${ini}: retain-days: 'for ever' is not a number of days`);
  });

  it('runs until it is told to stop, says where it listens, and ends with 0', async () => {
    const program = started('run', '--data', folder, ...anyPorts, '--log-format', 'json');
    const announced = path.join(folder, 'controller.json');
    await expect.poll(() => existsSync(announced), { interval: 5 }).toBe(true);
    const { api, link, http, pid } = JSON.parse(await readFile(announced, 'utf8'));
    expect([api, link, http]).toEqual(Array(3).fill(expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/)));
    expect(pid).toBe(process.pid);
    await expect.poll(() => program.printed.out).toContain('"msg":"ready"');
    expect(await (await fetch(`http://${http}/readyz`)).json()).toMatchObject({ ready: true });

    program.stop();
    expect(await program.ended).toBe(0);
    expect(program.printed.out).toContain('"msg":"stopped"');
    expect(existsSync(announced)).toBe(false);
    await expect(fetch(`http://${http}/healthz`)).rejects.toThrow();
  });

  it('begins another life on a store that a host knows to be set back, as when a machine is restored', async () => {
    const program = started('run', '--data', folder, ...anyPorts);
    const announced = path.join(folder, 'controller.json');
    /** The session's Welcome by whoever listens now; undefined while nobody does. */
    const welcome = async (hello: Partial<Hello>) => {
      const { link } = JSON.parse(await readFile(announced, 'utf8').catch(() => '{}'));
      if (link === undefined) return undefined;
      await using agent = ScriptedAgent.dial(link, 1, hello);
      return await agent.next('welcome').catch(() => undefined);
    };
    await expect.poll(() => existsSync(announced)).toBe(true);
    const before = (await welcome({})) ?? expect.fail('nobody listens');
    const events = { epoch: epochOf(1), firstSeq: 1n, nextSeq: 9n, ackedSeq: 5n };
    const said = { fleetId: before.fleetId, incarnation: before.incarnation, events };
    let after: Welcome | undefined;
    await expect.poll(async () => (after = await welcome(said))).toBeDefined();
    expect(after).toMatchObject({ fleetId: before.fleetId, ackedSeq: 0n });
    expect(after?.incarnation).not.toBe(before.incarnation);
    expect(program.printed.out).toContain('acknowledgement of event 5, the newest that is stored is 0');
    program.stop();
    expect(await program.ended).toBe(0);
  });

  it('says which port is taken and what to do, and leaves nothing open', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await using _server = {
      [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
    };
    const address = server.address();
    const taken = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    for (const door of ['--api', '--link', '--http']) {
      const { code, err } = await ended('run', '--data', folder, ...anyPorts, door, taken);
      expect(code).toBe(1);
      expect(err).toContain(`cannot listen on ${taken}`);
      expect(err).toContain(`give another with ${door} HOST:PORT`);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
    }
    // The folder is free again: nothing of the failed starts still holds it.
    const program = started('run', '--data', folder, ...anyPorts);
    await expect.poll(() => program.printed.out).toContain('ready');
    program.stop();
    expect(await program.ended).toBe(0);
  });

  it('says which folder cannot be written', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const { code, err } = await ended('run', '--data', path.join(file, 'data'), ...anyPorts);
    expect(code).toBe(1);
    expect(err).toMatch(/cannot make the data folder .*file\/data/);
  });

  it('refuses a folder that another controller uses', async () => {
    const first = started('run', '--data', folder, ...anyPorts);
    await expect.poll(() => first.printed.out).toContain('ready');
    const { code, err } = await ended('run', '--data', folder, ...anyPorts);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('another fleet-controller is running on it'),
    });
    first.stop();
    expect(await first.ended).toBe(0);
  });
});
