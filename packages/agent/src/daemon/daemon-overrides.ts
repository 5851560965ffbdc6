/** What a command line says of the daemon, laid over what its config file says. Pure. */
import type { DaemonSpec, ParsedConfig } from '@fleetvisor/config';

/** Only what was given. Paths are absolute. */
export type DaemonOverrides = Partial<Omit<DaemonSpec, 'source' | 'environment'>>;

/** The config as it holds for this daemon. Whoever reads the file anew lays the same overrides over it: they outlive a reload. */
export function withOverrides(config: ParsedConfig, overrides: DaemonOverrides): ParsedConfig {
  return { ...config, daemon: { ...config.daemon, ...overrides } };
}
