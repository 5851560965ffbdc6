/** What would otherwise be repeated in review: the directions of imports, banned calls, dead files, paths in the docs. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exists, isProduct, reachableFrom, root, type SourceFile, sourceFiles } from './source-tree.ts';

const files = sourceFiles(['packages', 'deploy', 'test']);
const product = files.filter((file) => file.path.startsWith('packages/') && isProduct(file));

/** Rooms from the ground up: a line may import from its own row and the rows above it in this list, never from below. */
const packageRows = [['primitives', 'protocol'], ['config'], ['agent', 'controller', 'cli']];

/** Inside a package: what a room may import of its own package, besides itself. Files beside the rooms (mains) may import all. */
const roomsOf: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  agent: {
    supervision: ['events'],
    wire: ['supervision'],
    events: ['supervision', 'wire', 'logs'],
    logs: ['supervision', 'os'],
    os: ['supervision', 'logs'],
    state: ['supervision', 'events', 'bridge'],
    bridge: ['supervision', 'state', 'logs', 'events', 'layers', 'os'],
    layers: ['supervision', 'state', 'events', 'bridge', 'os', 'logs'],
    link: ['bridge', 'supervision', 'wire'],
    compat: ['supervision', 'logs', 'os'],
    daemon: ['supervision', 'os', 'logs', 'layers', 'compat'],
    ctl: ['compat'],
    // What one life of the agent hands to the next, and which version that is.
    upgrade: ['supervision', 'os', 'logs', 'events', 'state', 'layers', 'compat'],
  },
  controller: {
    fleet: ['store'],
    rollout: ['fleet', 'store'],
    store: ['fleet'],
    wire: ['fleet'],
    link: ['fleet', 'rollout', 'store', 'wire'],
    api: ['fleet', 'rollout', 'store', 'wire'],
    http: ['fleet', 'rollout', 'store'],
  },
  cli: {
    terminal: [],
    context: [],
    client: ['context'],
    render: ['client', 'terminal'],
  },
};

/** The same for the rooms of the simulation; files beside them (the world, its people) may be imported by all. */
const simulationRooms: Readonly<Record<string, readonly string[]>> = {
  engine: [],
  network: ['engine'],
  host: ['engine', 'network'],
  controller: ['engine', 'network'],
  plan: ['engine', 'network', 'host', 'controller'],
  checkers: ['engine', 'network', 'host', 'controller', 'plan'],
  sabotages: ['engine', 'network', 'host', 'controller', 'plan'],
};

function packageOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function roomOf(path: string): string | undefined {
  const parts = path.split('/');
  return parts.length > 4 ? parts[3] : undefined;
}

function violations(check: (file: SourceFile) => readonly string[], among: readonly SourceFile[] = product): string[] {
  return among.flatMap((file) => check(file).map((what) => `${file.path}: ${what}`));
}

/** The headings of a page as addresses name them. */
function headingsOf(path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.*)/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('imports', () => {
  it('run from a package to those above it, never back or sideways', () => {
    const row = (name: string) => packageRows.findIndex((names) => names.includes(name));
    const wrong = violations((file) =>
      file.imports
        .filter((target) => packageOf(target) !== packageOf(file.path))
        .filter((target) => row(packageOf(target)) >= row(packageOf(file.path)))
        .map((target) => `imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('run between the rooms of a package only where the map of rooms allows it', () => {
    const wrong = violations((file) => {
      const from = roomOf(file.path);
      const rooms = roomsOf[packageOf(file.path)];
      const allowed = from === undefined ? undefined : rooms?.[from];
      if (allowed === undefined) return [];
      return file.imports
        .filter((target) => packageOf(target) === packageOf(file.path))
        .filter((target) => {
          const room = roomOf(target);
          return room !== undefined && room !== from && !allowed.includes(room);
        })
        .map((target) => `imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('run between the rooms of the simulation only where its map allows it', () => {
    const simulation = files.filter((file) => file.path.startsWith('test/simulation/'));
    const room = (path: string) => (path.startsWith('test/simulation/') ? path.split('/').slice(2, -1)[0] : undefined);
    const wrong = violations((file) => {
      const from = room(file.path);
      const allowed = from === undefined ? undefined : simulationRooms[from];
      if (allowed === undefined) return from === undefined ? [] : [`is in room ${from}, which the map does not have`];
      return file.imports.filter((target) => {
        const to = room(target);
        return to !== undefined && to !== from && !allowed.includes(to);
      });
    }, simulation);
    expect(wrong).toEqual([]);
    expect(simulation.length).toBeGreaterThan(30);
  });

  it('keep config and the pure rooms free of the outside world', () => {
    const pure = product.filter((file) =>
      /^packages\/(config|protocol)\/|^packages\/agent\/src\/supervision\/|^packages\/controller\/src\/fleet\/|\/rollout\/(course|step)\.ts$/.test(
        file.path,
      ),
    );
    const outside =
      /^(node:(fs|child_process|net|http|https|http2|tls|os|worker_threads|sqlite)|@grpc\/|fastify|better-sqlite3|kysely|pino)/;
    const wrong = violations(
      (file) => file.packages.filter((name) => outside.test(name)).map((name) => `imports ${name}`),
      pure,
    );
    expect(wrong).toEqual([]);
  });

  it('never bring http2, tls or grpc into the engine', () => {
    const engine = reachableFrom('packages/agent/src/main.ts', files);
    const wrong = violations(
      (file) => file.packages.filter((name) => /^(@grpc\/|node:(http2|tls|https))/.test(name)),
      files.filter((file) => engine.has(file.path)),
    );
    expect(wrong).toEqual([]);
  });

  it('keep each transport in its own room', () => {
    const homes: readonly (readonly [RegExp, RegExp])[] = [
      [/^@grpc\/grpc-js$/, /^packages\/(agent\/src\/link|controller\/src\/(link|api|wire)|cli\/src\/(client|context))/],
      [/^(fastify|prom-client)/, /^packages\/controller\/src\/http\//],
      [/^(better-sqlite3|kysely)/, /^packages\/controller\/src\/store\/sqlite\//],
      [/^node:sqlite$/, /^packages\/agent\/src\/state\//],
      [/^node:child_process$/, /^packages\/agent\/src\/(os|bridge)\//],
      [/^koffi$/, /^packages\/agent\/src\/os\//],
      [/^(node:http|@rgrove\/parse-xml)$/, /^packages\/agent\/src\/(compat|ctl)\//],
    ];
    const wrong = violations((file) =>
      file.packages.filter((name) => homes.some(([library, home]) => library.test(name) && !home.test(file.path))),
    );
    expect(wrong).toEqual([]);
  });
});

describe('source', () => {
  it('takes time and chance from its parameters', () => {
    const banned = /\b(Date\.now|performance\.now|Math\.random|randomUUID|setTimeout|setInterval)\(|new Date\(\)/;
    const adapters = /\/system-(clock|random)\.ts$/;
    const among = [...product, ...files.filter((file) => file.path.startsWith('test/simulation/'))];
    const wrong = violations(
      (file) =>
        adapters.test(file.path)
          ? []
          : file.text
              .split('\n')
              .flatMap((line, i) =>
                banned.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line) ? [`line ${i + 1}: ${line.trim()}`] : [],
              ),
      among,
    );
    expect(wrong).toEqual([]);
  });

  it('is all in use', () => {
    const entries = [
      'packages/agent/src/main.ts',
      'packages/agent/src/link.ts',
      'packages/controller/src/main.ts',
      'packages/controller/src/store/sqlite/worker.ts',
      'packages/cli/src/main.ts',
    ];
    const used = new Set(entries.flatMap((entry) => [...reachableFrom(entry, files)]));
    const hasCode = /^(?:export )?(?:default )?(?:async )?(?:const|let|function|class|await|if|for) /m;
    const dead = product.filter((file) => !used.has(file.path) && hasCode.test(file.text)).map((file) => file.path);
    expect(dead).toEqual([]);
  });

  it('has no file in which everything ends up', () => {
    expect(
      violations((file) => (file.text.split('\n').length > 351 ? [`${file.text.split('\n').length} lines`] : [])),
    ).toEqual([]);
  });

  it('skips and focuses no test', () => {
    const tests = files.filter((file) => file.path.endsWith('.test.ts') && !file.path.startsWith('test/tidy/'));
    expect(violations((file) => file.text.match(/\b(it|test|describe)\.(skip|only|todo)\(/g) ?? [], tests)).toEqual([]);
  });
});

describe('documents', () => {
  it('name only paths that exist', () => {
    const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'];
    const paths = documents.flatMap((document) =>
      [
        ...readFileSync(join(root, document), 'utf8').matchAll(
          /`((?:packages|proto|deploy|test|docs|scripts)\/[A-Za-z0-9_./-]+)`/g,
        ),
      ].map((match) => `${document}: ${match[1]}`),
    );
    expect(paths.filter((path) => !exists(path.split(': ')[1] ?? ''))).toEqual([]);
    expect(paths.length).toBeGreaterThan(10);
  });

  it('link only to what is there, pages and headings', () => {
    const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`);
    const documents = [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      ...pages.filter((name) => name.endsWith('.md')),
    ];
    const links = documents.flatMap((document) =>
      [...readFileSync(join(root, document), 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
        ([, page = '', heading]) => ({
          document,
          target: page === '' ? document : join(dirname(document), page),
          heading,
        }),
      ),
    );
    expect(links.filter(({ target }) => !exists(target))).toEqual([]);
    const isThere = (target: string, heading: string) => headingsOf(target).includes(heading);
    expect(links.filter(({ target, heading }) => heading !== undefined && !isThere(target, heading))).toEqual([]);
    expect(links.length).toBeGreaterThan(10);
  });

  it('tell the lives in ARCHITECTURE.md by functions that are where it says', () => {
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([A-Za-z.]+)` \| `([^`]+)` \|/gm)];
    const missing = rows.filter(([, name = '', path = '']) => {
      const file = files.find((candidate) => candidate.path === path);
      return file === undefined || !name.split('.').every((part) => new RegExp(`\\b${part}\\b`).test(file.text));
    });
    expect(missing.map(([row]) => row)).toEqual([]);
    expect(rows.length).toBeGreaterThan(20);
  });
});
