/** `fleet-agent upgrade`: has the agent that runs replaced by another version, and waits until that answers. */

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { after, FleetError, messageOf, sleep } from '@fleetvisor/primitives';
import type { AgentWorld } from './command-line.ts';
import { CallError, RpcFault } from './ctl/client/call-error.ts';
import type { Decoder } from './ctl/client/decode.ts';
import { RpcClient } from './ctl/client/rpc-client.ts';
import { findConfig } from './daemon/find-config.ts';
import { readConfig } from './layers/config-file.ts';
import { machineContext } from './layers/machine-context.ts';
import { inheritedEnvironment } from './os/environment.ts';
import { Users } from './os/users.ts';
import { resolveSettings } from './settings.ts';

export interface UpgradeOptions {
  readonly configuration?: string;
  readonly dataDir?: string;
}

/** What the new life gets to answer, from its first moment. */
const ANSWER_MS_MAX = 30_000;
const LOOK_MS = 20;

/** @param launcher of the version that is to run, as whoever asks would call it @returns the exit code */
export async function upgradeRunning(launcher: string, options: UpgradeOptions, world: AgentWorld): Promise<number> {
  const { stdout, stderr } = world;
  const folder = dataFolderOf(options, world);
  if (folder === undefined) return 2;
  const address = { kind: 'unix', path: join(folder, 'control.sock') } as const;
  using rpc = new RpcClient(address, undefined);
  try {
    const before = await lifeOf(rpc);
    const answer = await rpc.call('fleet.upgrade', resolve(world.cwd, launcher));
    stdout(`fleet-agent ${answer.member('version').text()} has passed its selfcheck\n`);
    if (!answer.member('hasWayBack').boolean()) {
      stdout(`there is no way back: it replaces the files of ${before.version}, or writes what that cannot read\n`);
    }
    const now = await nextLife(rpc, before, world);
    if (now.life === before.life) {
      stderr(`Error: not replaced: ${now.lastFailure}; everything runs on as it was\n`);
      return 1;
    }
    stdout(`${before.version} -> ${now.version} in ${now.replacedInMs} ms; ${now.programs} programs run on\n`);
    return 0;
  } catch (error) {
    stderr(`Error: ${problemOf(error, folder)}\n`);
    return 1;
  }
}

function problemOf(error: unknown, folder: string): string {
  if (error instanceof RpcFault) return error.faultString.replace(/^FAILED: /, '');
  if (!isNobodyThere(error)) return messageOf(error);
  return `no agent runs on ${folder}; name its config file with -c, or its data folder with --data-dir`;
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof CallError && (error.kind === 'refused' || error.kind === 'no-such-file');
}

function dataFolderOf({ configuration, dataDir }: UpgradeOptions, world: AgentWorld): string | undefined {
  const { env, cwd, clock, stderr, executable } = world;
  if (dataDir !== undefined) return resolve(cwd, dataDir);
  const found =
    configuration === undefined
      ? findConfig(executable, (place) => existsSync(resolve(cwd, place)))
      : ({ ok: true, file: configuration } as const);
  if (!found.ok) {
    stderr(`Error: ${found.message}\n`);
    return undefined;
  }
  const parsed = readConfig(found.file, machineContext(inheritedEnvironment(env), cwd, new Users(clock)));
  // A broken one is the agent's to refuse, who says what is wrong with it.
  const fleet = parsed.ok ? parsed.config.fleet : parsed.fleet;
  const flags = { controller: [], name: undefined, group: [], label: [], dataDir: undefined };
  const machine = { hostname: hostname(), uid: world.uid, env, cwd };
  return resolveSettings(flags, fleet, found.file, machine).dataDir;
}

interface Life {
  readonly version: string;
  readonly life: string;
  readonly programs: number;
  readonly replacedInMs: number;
  readonly failures: number;
  readonly lastFailure: string;
}

async function lifeOf(rpc: RpcClient): Promise<Life> {
  const answer: Decoder = await rpc.call('fleet.getLife');
  return {
    version: answer.member('version').text(),
    life: answer.member('life').text(),
    programs: answer.member('programs').number(),
    replacedInMs: answer.member('replacedInMs').number(),
    failures: answer.member('failures').number(),
    lastFailure: answer.member('lastFailure').text(),
  };
}

/**
 * The first life that is another one, or the same with the reason why it still is.
 * @throws FleetError `unavailable` when there is none any more
 */
async function nextLife(rpc: RpcClient, before: Life, { clock }: AgentWorld): Promise<Life> {
  const giveUpAt = after(clock.now(), ANSWER_MS_MAX);
  for (;;) {
    const now = await lifeOf(rpc).catch((error: unknown) => {
      // The socket stays open over an upgrade: who connects waits.
      if (isNobodyThere(error)) throw endedMeanwhile(error);
      if (clock.now() >= giveUpAt) throw error;
      return undefined;
    });
    const isSame = now === undefined || now.life === before.life;
    if (now !== undefined && (!isSame || now.failures > before.failures || clock.now() >= giveUpAt)) return now;
    await sleep(clock, LOOK_MS);
  }
}

function endedMeanwhile(cause: unknown): FleetError {
  const message =
    'the agent has ended while it was being replaced: its main log says whether it was told to, or the new version died. ' +
    'Start it again: where the new version died it comes back as the version before';
  return new FleetError('unavailable', message, {}, { cause });
}
