/** Bundles the three programs: one file per process, so that they start fast and stay small. Atomic, so that a running one never reads half a file. */
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { plainBuiltins } from './plain-builtins.mjs';

// What Node's modules have is read here, and must be what they have where the bundles run.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`bundling needs the pinned Node 24, this is ${process.version}: npm run setup\n`);
  process.exit(1);
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** CommonJS dependencies inside an ES module still call require. */
const requireBanner =
  "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);" +
  'const __filename = import.meta.filename; const __dirname = import.meta.dirname;';

const programs = [
  // What only a person at a terminal needs (ctl, sample-config) is never read by the daemon.
  { package: 'agent', entries: { 'fleet-agent': 'src/main.ts' }, splitting: true },
  // The link is a bundle of its own: the engine never loads http2, tls or grpc.
  { package: 'agent', entries: { 'fleet-agent-link': 'src/link.ts' }, splitting: false },
  { package: 'controller', entries: { 'fleet-controller': 'src/main.ts' }, splitting: false },
  { package: 'controller', entries: { 'store-worker': 'src/store/sqlite/worker.ts' }, splitting: false },
  // Commands load what they need alone: `fleetctl help` never reads grpc.
  { package: 'cli', entries: { fleetctl: 'src/main.ts' }, splitting: true },
];

async function bundle(program) {
  const folder = join(root, 'packages', program.package);
  const names = Object.keys(program.entries);
  const fresh = join(folder, `dist.${names[0]}.${process.pid}`);
  try {
    await build({
      entryPoints: Object.fromEntries(names.map((name) => [name, join(folder, program.entries[name])])),
      outdir: fresh,
      outExtension: { '.js': '.mjs' },
      chunkNames: `${names[0]}.chunk-[hash]`,
      splitting: program.splitting,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      plugins: [plainBuiltins],
      // Native; and what only gRPC's channelz would load, a third of its size.
      external: ['better-sqlite3', 'koffi', '@grpc/proto-loader'],
      banner: { js: requireBanner },
      legalComments: 'none',
      logLevel: 'warning',
    });
    mkdirSync(join(folder, 'dist'), { recursive: true });
    // Chunks first: an entry is never in place before what it imports.
    const files = readdirSync(fresh).sort(
      (a, b) => Number(names.includes(a.slice(0, -4))) - Number(names.includes(b.slice(0, -4))),
    );
    for (const file of files) renameSync(join(fresh, file), join(folder, 'dist', file));
    // What an earlier build left of this program's chunks.
    for (const old of readdirSync(join(folder, 'dist'))) {
      if (old.startsWith(`${names[0]}.chunk-`) && program.splitting && !files.includes(old))
        rmSync(join(folder, 'dist', old));
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

await Promise.all(programs.map(bundle));
