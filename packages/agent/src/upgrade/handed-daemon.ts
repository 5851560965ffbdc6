/**
 * The daemon as it is when it is replaced: with the configuration in force, whatever its files say by now, in the folders and
 * under the flags that it was started with. Part of the handover; the version that is to take over is shown it beforehand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParsedConfig } from '@fleetvisor/config';
import type { FleetSettings } from '../settings.ts';
import { CONFIG_FORM, withoutRemarks } from '../state/config-in-force.ts';
import { fromText, toText } from './plain-data.ts';

export interface HandedDaemon {
  /** As it was started with it, and so perhaps relative to `startedIn`. */
  readonly configFile: string;
  /** What relative paths are relative to. It may have been removed by now: nobody goes there. */
  readonly startedIn: string;
  readonly isForeground: boolean;
  readonly settings: FleetSettings;
  readonly config: HandedConfig;
}

export interface HandedConfig {
  /** See `CONFIG_FORM`. */
  readonly form: number;
  /** In this form. */
  readonly inForce: ParsedConfig;
}

export function handConfig(config: ParsedConfig): HandedConfig {
  return { form: CONFIG_FORM, inForce: withoutRemarks(config) };
}

/** @returns undefined where it is in a form that this version does not know: then the files are read, as at a start */
export function configHanded({ config }: HandedDaemon): ParsedConfig | undefined {
  return config.form === CONFIG_FORM ? config.inForce : undefined;
}

/** @param folder of a selfcheck @throws the system's error */
export function showDaemon(folder: string, daemon: HandedDaemon): void {
  writeFileSync(join(folder, SHOWN), toText(daemon), { mode: 0o600 });
}

/** What the agent that is to be replaced has shown. @throws the system's error, of one too that shows none */
export function daemonShown(folder: string): HandedDaemon {
  return fromText(readFileSync(join(folder, SHOWN), 'utf8')) as HandedDaemon; // of a format that is in the report
}

const SHOWN = 'daemon.json';
