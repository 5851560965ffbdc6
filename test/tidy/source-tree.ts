/** The project's own source as data: files, and which file imports which. Read as text, nothing is run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Paths of our own files it imports, relative to the root. */
  readonly imports: readonly string[];
  /** Names of everything else it imports: node:fs, @grpc/grpc-js, ... */
  readonly packages: readonly string[];
}

/** Every TypeScript file below the folders, generated code apart. */
export function sourceFiles(folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) => typescriptUnder(folder)).map((path) => readSource(path));
}

/** Product code: no tests, and nothing that only tests use. */
export function isProduct(file: SourceFile): boolean {
  return !/\.test\.ts$|\/(testing|fixtures|test-support|contract)\/|[-.]contract\.ts$|virtual-clock\.ts$|in-memory/.test(
    file.path,
  );
}

function typescriptUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|dist|gen)\//.test(path));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const names = [
    ...text.matchAll(
      /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const own = names.flatMap((name) => resolveOwn(path, name) ?? []);
  return { path, text, imports: own, packages: names.filter((name) => resolveOwn(path, name) === undefined) };
}

/** A relative import, or one of a package of ours, as a path. */
function resolveOwn(from: string, name: string): string | undefined {
  if (name.startsWith('.')) return relative(root, resolve(root, dirname(from), name));
  const match = /^@fleetvisor\/([a-z]+)(?:\/([a-z]+))?$/.exec(name);
  if (!match) return undefined;
  const [, pkg, sub] = match;
  return sub === undefined ? `packages/${pkg}/src/index.ts` : `packages/${pkg}/src/gen/fleet/v1/${sub}.ts`;
}

/** Everything that is loaded when `entry` is. */
export function reachableFrom(entry: string, files: readonly SourceFile[]): ReadonlySet<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    open.push(...(byPath.get(path)?.imports ?? []));
  }
  return seen;
}

export function exists(path: string): boolean {
  return existsSync(join(root, path));
}
