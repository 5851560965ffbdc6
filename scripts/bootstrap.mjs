/**
 * The first thing that runs on a fresh clone: plain JavaScript for whatever Node (>= 20) the machine has, with no
 * dependency. It installs what is missing, generates the wire contract, bundles the three programs, and goes on under the
 * pinned Node 24.
 *
 *   node scripts/bootstrap.mjs NAME [ARG...]     runs the task NAME (see `tasks` below) with the arguments
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const vitest = 'node_modules/vitest/vitest.mjs';

/** What each task runs under the pinned Node, once everything is in place. */
const tasks = {
  setup: [],
  start: ['deploy/local/start.ts'],
  test: [vitest, 'run'],
  bundle: [],
  soak: ['test/soak/run-soak.ts'],
  faults: ['test/faults/run-faults.ts'],
  simulate: ['test/simulation/run-simulation.ts'],
  conformance: ['test/conformance/run-kit.ts'],
  'bench:agent': ['test/bench/agent.bench.ts'],
  'bench:fleet': ['test/bench/fleet.bench.ts'],
  'bench:crash': ['test/bench/crash.bench.ts'],
  'bench:spool': ['test/bench/spool.bench.ts'],
  'bench:upgrade': ['test/bench/upgrade.bench.ts'],
};

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function say(message) {
  process.stderr.write(`fleetvisor: ${message}\n`);
}

/** One hash over the names and bytes of files. */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of [...files].sort())
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function run(command, args, what, extra = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...extra });
  if (done.error) fail(`fleetvisor: ${what} failed: cannot run ${command}: ${done.error.message}`);
  if (done.status !== 0)
    fail(`fleetvisor: ${what} failed (exit status ${done.status ?? done.signal}); its own words stand above`);
}

/** Everything that is installed, generated or bundled lies in the clone. */
function refuseForeignClone() {
  try {
    accessSync(root, constants.W_OK);
  } catch {
    fail(`fleetvisor: ${root} is not writable for this user; use a clone of your own`);
  }
}

function install() {
  const manifests = ['package.json', 'package-lock.json', '.npmrc'].map((name) => join(root, name));
  for (const entry of readdirSync(join(root, 'packages')))
    manifests.push(join(root, 'packages', entry, 'package.json'));
  const wanted = fingerprint(manifests.filter((file) => existsSync(file)));
  const stamp = join(root, 'node_modules', '.fleetvisor-installed');
  if (readIfThere(stamp) === wanted) return;
  say('installing the pinned tools and libraries (npm ci, once)');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm?.endsWith('.js')) run(process.execPath, [npm, ...args], 'the installation');
  else run('npm', args, 'the installation');
  writeFileSync(stamp, wanted);
}

function pinnedNode() {
  const name = `node-linux-${process.arch}`;
  const node = join(root, 'node_modules', name, 'bin', 'node');
  if (process.platform !== 'linux' || !existsSync(node)) {
    fail(
      `fleetvisor: there is no pinned Node for ${process.platform} on ${process.arch}; Linux on x64 or arm64 is needed`,
    );
  }
  const probe = spawnSync(node, ['-v'], { encoding: 'utf8' });
  if (probe.status !== 0) {
    fail(
      `fleetvisor: the pinned Node cannot run here (${node}): ${probe.error?.message ?? probe.stderr}\nIt needs glibc 2.28 or newer.`,
    );
  }
  return node;
}

function environmentFor(node) {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(':');
  return { ...process.env, PATH: path };
}

function generate(node) {
  const folder = join(root, 'packages/protocol/src/gen');
  const stamp = join(folder, '.generated-from');
  const sources = [...filesUnder(join(root, 'proto')), join(root, 'buf.gen.yaml'), join(root, 'package-lock.json')];
  const wanted = fingerprint(sources);
  if (readIfThere(stamp) === wanted) return;
  run('sh', ['scripts/generate.sh'], 'generating the wire contract', { env: environmentFor(node) });
  mkdirSync(folder, { recursive: true });
  writeFileSync(stamp, wanted);
}

function bundle(node) {
  run(node, ['scripts/bundle.mjs'], 'bundling the programs');
}

/** Runs the task in the foreground. Signals from a terminal reach it by themselves; others are passed on. */
function goOn(node, args) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: environmentFor(node),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`fleetvisor: cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}

const [name = 'setup', ...args] = process.argv.slice(2);
const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (!task) fail(`fleetvisor: unknown task '${name}'; there are: ${Object.keys(tasks).join(', ')}`);
if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`fleetvisor: Node 20 or newer is needed to begin; this is ${process.version}`);
refuseForeignClone();
install();
const node = pinnedNode();
generate(node);
bundle(node);
if (task.length > 0) goOn(node, [...task, ...args]);
