/** Further versions of the agent, installed beside this one: what an agent is replaced by. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { migrations } from '../../packages/agent/src/state/migrations/all.ts';
import { root } from '../tidy/source-tree.ts';
import type { LoneAgent } from './agent.ts';
import { type Ended, runToEnd } from './program.ts';

/** A version whose number every test that needs one other may have. */
export const NEXT = '9.9.9';

/**
 * Installs this version under another number.
 * @param folder of its own
 * @returns its launcher
 */
export function installVersion(folder: string, number: string): string {
  const target = join(folder, 'packages/agent');
  mkdirSync(target, { recursive: true });
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(root, 'packages/agent', part), join(target, part), { recursive: true });
  }
  cpSync(join(root, 'deploy/launch.sh'), join(folder, 'deploy/launch.sh'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const name of readdirSync(join(target, 'dist')).filter((file) => file.endsWith('.mjs'))) {
    const path = join(target, 'dist', name);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/version: "\d+\.\d+\.\d+"/, `version: "${number}"`));
  }
  return join(target, 'bin/fleet-agent');
}

/** In the folder of an agent. @returns its launcher */
export const anotherVersion = (agent: LoneAgent, number = NEXT): string =>
  installVersion(agent.path(`version-${number}`), number);

/**
 * Has a launcher do something wherever it takes over from an agent that runs, before there is Node.
 * @param script of a shell, such as `exit 3`
 */
export const whenItTakesOver = (launcher: string, script: string): void =>
  interfere(launcher, '[ -n "$FLEET_AGENT_HANDOVER" ]', script);

/** The same where it is run in place of a version that has failed. */
export const whenItIsBack = (launcher: string, script: string): void =>
  interfere(launcher, '[ -n "$FLEET_AGENT_SENT_BACK" ]', script);

/** As long as there is that file it can be run when it is looked at, and cannot any more when all has been let go of. */
export const spoilAfterSelfcheck = (launcher: string, whileThereIs: string): void =>
  interfere(launcher, `[ "$1" = selfcheck -a -e ${whileThereIs} ]`, 'chmod a-x "$0"');

function interfere(launcher: string, condition: string, script: string): void {
  const text = readFileSync(launcher, 'utf8');
  const at = text.indexOf('\nbundle=');
  if (at === -1) throw new Error(`${launcher} is no launcher as it was`);
  writeFileSync(`${launcher}.new`, `${text.slice(0, at)}\nif ${condition}; then ${script}; fi${text.slice(at)}`);
  chmodSync(`${launcher}.new`, 0o755);
  renameSync(`${launcher}.new`, launcher);
}

/** `fleet-agent upgrade` of the version that is to run. */
export const upgrade = (agent: LoneAgent, launcher: string): Promise<Ended> =>
  runToEnd(launcher, ['upgrade', '--data-dir', 'data'], { cwd: agent.folder });

/** What the main log says once another version has taken over. */
export const replacedBy = (number: string): RegExp =>
  new RegExp(`^fleet-agent \\S+ was replaced by fleet-agent ${number.replaceAll('.', '\\.')}: `);

/** Gives a version one more migration of agent.db than this one has. */
export function addMigration(launcher: string, readableSince: number): void {
  const number = migrations.length + 1;
  const later = `{ number: ${number}, readableSince: ${readableSince}, sql: "CREATE TABLE later (x INTEGER) STRICT" }`;
  patch(launcher, /var migrations = \[(.*)\];/, (known) => `var migrations = [${known}, ${later}];`);
}

/** Makes of it one that has the configuration in another form than this one. */
export function changeConfigForm(launcher: string): void {
  patch(launcher, /var CONFIG_FORM = (\d+);/, (form) => `var CONFIG_FORM = ${Number(form) + 1};`);
}

/** @param change of the first group of the pattern, which is in one place of its bundle */
function patch(launcher: string, pattern: RegExp, change: (group: string) => string): void {
  const folder = join(dirname(dirname(launcher)), 'dist');
  const changed = readdirSync(folder).filter((name) => {
    const path = join(folder, name);
    const text = name.endsWith('.mjs') ? readFileSync(path, 'utf8') : '';
    if (!pattern.test(text)) return false;
    writeFileSync(
      path,
      text.replace(pattern, (_, group: string) => change(group)),
    );
    return true;
  });
  if (changed.length !== 1) throw new Error(`${pattern} is in ${changed.length} files of ${folder}`);
}
