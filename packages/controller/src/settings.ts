/** What the controller is told: flags over controller.ini over defaults. Reads no file and no environment itself. */
import { FleetError } from '@fleetvisor/primitives';
import { parse } from 'ini';
import { type ListenAddress, parseListenAddress } from './listen-address.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface Settings {
  /** The data folder: everything that the controller keeps is in it. */
  readonly dataDir: string;
  /** For fleetctl. */
  readonly api: ListenAddress;
  /** For agents. */
  readonly link: ListenAddress;
  /** For browsers, probes and scrapers. */
  readonly http: ListenAddress;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Events older than this are dropped, in whole days. */
  readonly retainDays: number;
}

/** The names of the settings, the same in controller.ini as behind `--`, with what they are when nothing is said. */
export const settingDefaults = {
  data: '/var/lib/fleet-controller',
  api: '127.0.0.1:7400',
  link: '127.0.0.1:7401',
  http: '127.0.0.1:7402',
  'log-level': 'info',
  'log-format': 'text',
  'retain-days': '90',
} as const;

export type SettingName = keyof typeof settingDefaults;

/** Values as they were written; what is absent was not said. */
export type SettingTexts = Readonly<Partial<Record<SettingName, string>>>;

/**
 * Reads the `[controller]` section of controller.ini.
 * @param path for messages.
 * @throws FleetError `invalid` for a section or an option that does not exist: a typo must not go unseen.
 */
export function parseControllerIni(text: string, path: string): SettingTexts {
  const document: Record<string, unknown> = parse(text);
  const stray = Object.keys(document).find((section) => section !== 'controller');
  if (stray !== undefined) {
    throw new FleetError(
      'invalid',
      `${path}: '${stray}' does not belong here; everything goes below one line [controller]`,
    );
  }
  const texts: Partial<Record<SettingName, string>> = {};
  for (const [name, value] of Object.entries(document.controller ?? {})) {
    if (!isSettingName(name) || typeof value === 'object') {
      const known = Object.keys(settingDefaults).join(', ');
      throw new FleetError('invalid', `${path}: [controller] has no option '${name}'; it has: ${known}`);
    }
    texts[name] = String(value);
  }
  return texts;
}

/**
 * Flags win over the file, the file over the defaults.
 * @param path of the file, for messages.
 * @throws FleetError `invalid` naming the flag or option that makes no sense, and what would.
 */
export function resolveSettings(flags: SettingTexts, file: SettingTexts, path: string): Settings {
  const where = (name: SettingName) => (flags[name] !== undefined ? `--${name}` : `${path}: ${name}`);
  const text = (name: SettingName) => flags[name] ?? file[name] ?? settingDefaults[name];
  return {
    dataDir: text('data'),
    api: parseListenAddress(text('api'), where('api')),
    link: parseListenAddress(text('link'), where('link')),
    http: parseListenAddress(text('http'), where('http')),
    logLevel: oneOf(logLevels, text('log-level'), where('log-level')),
    logFormat: oneOf(logFormats, text('log-format'), where('log-format')),
    retainDays: days(text('retain-days'), where('retain-days')),
  };
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settingDefaults, name);
}

function oneOf<T extends string>(allowed: readonly T[], text: string, where: string): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) {
    throw new FleetError('invalid', `${where}: '${text}' is not one of ${allowed.join(', ')}`);
  }
  return found;
}

function days(text: string, where: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 36_500) {
    throw new FleetError('invalid', `${where}: '${text}' is not a number of days from 1 to 36500`);
  }
  return value;
}
