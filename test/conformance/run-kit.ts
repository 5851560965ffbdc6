/**
 * Runs a black-box conformance kit, which compares an agent with what the real supervisord did, against this checkout:
 *
 *     npm run conformance -- KIT_FOLDER [argument of the kit...]
 *
 * The kit's own arguments follow, e.g. `--only 'ctl_*'`. It needs python3 and the stock supervisorctl on the PATH.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { differsOnPurpose } from './differences.ts';

/** As the kit writes it with --json. */
interface Outcome {
  readonly name: string;
  readonly status: 'ok' | 'FAIL' | 'skipped';
}

const agent = resolve(import.meta.dirname, '../../node_modules/.bin/fleet-agent');
/** Of root's agents; the kit's configs lie in folders named cf.* of the system's folder for temporary files. */
const dataFolders = '/var/lib/fleet-agent';

const [kit, ...others] = process.argv.slice(2);
const program = kit === undefined ? '' : resolve(kit, 'conform.py');
if (!existsSync(program)) {
  process.stderr.write(`there is no conform.py in '${kit ?? ''}': npm run conformance -- KIT_FOLDER\n`);
  process.exit(2);
}
process.exit(await runKit(program, others));

async function runKit(path: string, args: readonly string[]): Promise<number> {
  const before = new Set(dataFoldersNow());
  try {
    const outcomes = await outcomesOf(path, ['-j', '4', ...args]);
    if (outcomes === undefined) return 2;
    const again = unexpected(outcomes);
    if (again.length === 0) return judge(outcomes);
    // Four at a time on a small machine, some of the kit's own moments come too late. What differs differs alone, too.
    process.stdout.write(`once more, one at a time: ${again.join(', ')}\n`);
    const second = (await outcomesOf(path, ['-j', '1', '--only', ...again])) ?? [];
    return judge(outcomes.map((outcome) => second.find(({ name }) => name === outcome.name) ?? outcome));
  } finally {
    for (const name of dataFoldersNow()) {
      if (!before.has(name)) rmSync(join(dataFolders, name), { recursive: true, force: true });
    }
  }
}

/** undefined when the kit could not be run to its end. */
async function outcomesOf(path: string, args: readonly string[]): Promise<readonly Outcome[] | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-conformance-'));
  const out = join(folder, 'outcomes.json');
  try {
    await run('python3', [path, '--target', `${agent} run -c {conf}`, '--json', out, ...args]);
    return existsSync(out) ? JSON.parse(readFileSync(out, 'utf8')).scenarios : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function unexpected(outcomes: readonly Outcome[]): readonly string[] {
  const failed = outcomes.filter(({ status }) => status === 'FAIL').map(({ name }) => name);
  return failed.filter((name) => !Object.hasOwn(differsOnPurpose, name));
}

/** What differs on purpose may fail and nothing else; what is said to differ and does not is a line to remove. */
function judge(outcomes: readonly Outcome[]): number {
  const differing = unexpected(outcomes);
  const stale = outcomes.filter(({ name, status }) => status === 'ok' && Object.hasOwn(differsOnPurpose, name));
  for (const { name, status } of outcomes) {
    const reason = differsOnPurpose[name];
    if (status === 'FAIL' && reason !== undefined) process.stdout.write(`on purpose: ${name}: ${reason}\n`);
  }
  for (const name of differing) process.stdout.write(`differs: ${name}\n`);
  for (const { name } of stale) process.stdout.write(`said to differ and does not: ${name}\n`);
  return differing.length + stale.length > 0 ? 1 : 0;
}

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((settle) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => {
      process.stderr.write(`cannot run ${command}: ${error.message}\n`);
      settle(2);
    });
    child.on('exit', (code) => settle(code ?? 1));
  });
}

function dataFoldersNow(): readonly string[] {
  return existsSync(dataFolders) ? readdirSync(dataFolders).filter((name) => /-cf\.|^tmp-cf/.test(name)) : [];
}
