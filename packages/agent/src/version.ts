/** What this program is, and what it is to Supervisor's clients. */
import packageJson from '../package.json' with { type: 'json' };

/** Of the package. */
export const version: string = packageJson.version;

/** The release of Supervisor whose behaviour clients find: what they and scripts compare with is no version of ours. */
export const supervisorVersion = '4.3.0';
