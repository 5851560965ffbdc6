/** Where servers listen: real sockets, files and ports. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, linkSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname, userInfo } from 'node:os';
import type { HttpServerSpec } from '@fleetvisor/config';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openServer, openServers, type ServerAddress } from './open-servers.ts';
import { sendWhole } from './send.ts';
import { RawClient } from './testing/raw-client.ts';
import { temporaryFolder, testOptions } from './testing/test-server.ts';

const { options } = testOptions([
  { prefix: '/', handle: (_, response) => sendWhole(response, 200, 'text/plain', 'hello') },
]);

const IN_USE =
  'Another program is already listening on a port that one of our HTTP servers is configured to use.  Shut this program ' +
  'down first before starting supervisord.';

function folder(): string {
  const temporary = temporaryFolder();
  onTestFinished(() => temporary[Symbol.dispose]());
  return temporary.path;
}

async function open(address: ServerAddress, using = options) {
  const server = await openServer(address, using);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

const unix = (path: string, more: { readonly mode?: number; readonly owner?: string } = {}): ServerAddress => ({
  kind: 'unix',
  path,
  mode: 0o700,
  ...more,
});

async function answers(address: string | number): Promise<boolean> {
  using client = await RawClient.to(address);
  client.send('GET / HTTP/1.1\r\n\r\n');
  return (await client.until(/hello$/)).endsWith('hello');
}

/** Without root's powers until it is disposed of. */
function asNobodySpecial(): Disposable {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  return { [Symbol.dispose]: () => void (isRoot && process.seteuid?.(0)) };
}

/** A socket file whose server has gone without removing it. */
async function leaveStale(path: string): Promise<void> {
  const server = await listenRaw(`${path}.other`, () => {});
  // The name that is bound goes with the server: this one stays.
  linkSync(`${path}.other`, path);
  server.close();
  await once(server, 'close');
}

async function listenRaw(path: string, onConnection: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(onConnection).listen(path);
  await once(server, 'listening');
  return server;
}

describe('a unix server', () => {
  it.each([0o700, 0o766, 0o600])('has the mode it was given: %o', async (mode) => {
    const path = `${folder()}/sock`;
    await open(unix(path, { mode }));
    expect((statSync(path).mode & 0o7777).toString(8)).toBe(mode.toString(8));
    expect(await answers(path)).toBe(true);
  });

  it('leaves nothing behind, and nothing beside its socket while it lives', async () => {
    const at = folder();
    const server = await openServer(unix(`${at}/sock`), options);
    expect(readdirSync(at)).toEqual(['sock']);
    await server[Symbol.asyncDispose]();
    expect(readdirSync(at)).toEqual([]);
  });

  it('can be opened again at once', async () => {
    const path = `${folder()}/sock`;
    await (await openServer(unix(path), options))[Symbol.asyncDispose]();
    await open(unix(path));
    expect(await answers(path)).toBe(true);
  });

  it('leaves the socket of who has taken its place', async () => {
    const path = `${folder()}/sock`;
    const first = await openServer(unix(path), options);
    rmSync(path);
    await open(unix(path));
    await first[Symbol.asyncDispose]();
    expect(await answers(path)).toBe(true);
  });

  it('replaces a stale socket, and says so', async () => {
    const path = `${folder()}/sock`;
    await leaveStale(path);
    const { options: own, told } = testOptions(options.routes);
    await open(unix(path), own);
    expect(told.warnings).toEqual([`Unlinking stale socket ${path}\n`]);
    expect(await answers(path)).toBe(true);
  });

  it('replaces a link to nowhere', async () => {
    const path = `${folder()}/sock`;
    symlinkSync(`${path}.gone`, path);
    await open(unix(path));
    expect(await answers(path)).toBe(true);
  });

  it('refuses the path of a live server, and leaves it alone', async () => {
    const path = `${folder()}/sock`;
    await open(unix(path));
    await expect(openServer(unix(path), options)).rejects.toMatchObject({ code: 'conflict', message: IN_USE });
    expect(await answers(path)).toBe(true);
  });

  it('refuses the path of a server that ends a connection without a word', async () => {
    const path = `${folder()}/sock`;
    const other = await listenRaw(path, (socket) => socket.end());
    onTestFinished(() => void other.close());
    await expect(openServer(unix(path), options)).rejects.toMatchObject({ message: IN_USE });
    expect(existsSync(path)).toBe(true);
  });

  it('never removes what is no socket', async () => {
    const path = `${folder()}/precious`;
    writeFileSync(path, 'data');
    await expect(openServer(unix(path), options)).rejects.toMatchObject({
      code: 'conflict',
      message: `Cannot open an HTTP server: ${path} exists and is not a socket; remove it, or name another file`,
    });
    expect(statSync(path).size).toBe(4);
  });

  it('takes the place of an empty file: nothing is lost with it', async () => {
    const path = `${folder()}/touched`;
    writeFileSync(path, '');
    await open(unix(path));
    expect(await answers(path)).toBe(true);
  });

  it('says in whose way a missing folder or a path too long is', async () => {
    await expect(openServer(unix(`${folder()}/none/sock`), options)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'Cannot open an HTTP server: socket.error reported errno.ENOENT (2)',
    });
    await expect(openServer(unix(`${folder()}/${'x'.repeat(200)}`), options)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^Cannot open an HTTP server: .* AF_UNIX path too long: .*x\.\d+ is \d+ bytes long, .* 107/,
      ),
    });
  });

  it('of daemons that start at the same moment one has the path, stale as it is', async () => {
    const path = `${folder()}/sock`;
    await leaveStale(path);
    const script = `${import.meta.dirname}/testing/claim-socket.ts`;
    const claims = [1, 2, 3].map(() => spawn(process.execPath, [script, path], { stdio: ['pipe', 'pipe', 'inherit'] }));
    onTestFinished(() => {
      for (const claim of claims) claim.kill();
    });
    const said = await Promise.all(claims.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
    expect(said.toSorted()).toEqual(['conflict\n', 'conflict\n', 'opened\n']);
    expect(await answers(path)).toBe(true);
  });

  it('is given to its owner, who may be the one it has', async () => {
    const path = `${folder()}/sock`;
    const uid = process.getuid?.() ?? 0;
    await open(unix(path, { owner: String(uid) }));
    expect(statSync(path).uid).toBe(uid);
  });

  it.runIf(process.getuid?.() === 0)('is given to user and group, as root', async () => {
    const path = `${folder()}/sock`;
    await open(unix(path, { owner: 'daemon:root', mode: 0o770 }));
    expect(statSync(path)).toMatchObject({ uid: 1, gid: 0 });
    expect((statSync(path).mode & 0o777).toString(8)).toBe('770');
  });

  it('refuses an owner that we may not give it to, and leaves nothing behind', async () => {
    const at = folder();
    chmodSync(at, 0o777);
    using _ = asNobodySpecial();
    await expect(openServer(unix(`${at}/sock`, { owner: 'root' }), options)).rejects.toMatchObject({
      code: 'denied',
      message:
        `Not permitted to chown ${at}/sock to uid/gid (0, -1); adjust "sockchown" value in config file or on command line to ` +
        `values that the current user (${userInfo().username}) can successfully chown`,
    });
    expect(readdirSync(at)).toEqual([]);
  });

  it('refuses an owner that nobody is', async () => {
    const path = `${folder()}/sock`;
    await expect(openServer(unix(path, { owner: 'no-such-user' }), options)).rejects.toMatchObject({ code: 'invalid' });
    expect(existsSync(path)).toBe(false);
  });
});

describe('an inet server', () => {
  const inet = (host: string, port = 0): ServerAddress => ({ kind: 'inet', host, port });

  it.each(['127.0.0.1', 'localhost', ''])('listens at %j, on IPv4', async (host) => {
    const { port } = await open(inet(host));
    expect(port).toBeGreaterThan(0);
    expect(await answers(port ?? 0)).toBe(true);
  });

  it('refuses a port that is taken', async () => {
    const { port } = await open(inet('127.0.0.1'));
    await expect(openServer(inet('127.0.0.1', port), options)).rejects.toMatchObject({
      code: 'conflict',
      message: IN_USE,
    });
  });

  it('says what is wrong with an address', async () => {
    await expect(openServer(inet('192.0.2.1'), options)).rejects.toMatchObject({
      message: 'Cannot open an HTTP server: socket.error reported errno.EADDRNOTAVAIL (99)',
    });
    await expect(openServer(inet(`no-such-name.${hostname()}.invalid`), options)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^Cannot open an HTTP server: socket\.error reported errno\.\w+ \(\d+\)$/),
    });
  });
});

describe('all servers of a config', () => {
  const spec = (path: string, username?: string): HttpServerSpec => ({
    kind: 'unix',
    name: undefined,
    section: 'unix_http_server',
    path,
    mode: 0o700,
    owner: undefined,
    username,
    password: username,
    source: { file: 'test.conf', line: 1 },
  });

  it('are opened together, and it is told of each what it serves and whether it lets anybody in', async () => {
    const at = folder();
    const { options: own, told } = testOptions(options.routes);
    const specs = [spec(`${at}/a`, 'joe'), spec(`${at}/b`), spec(`${at}/c`, '')];
    const servers = await openServers(specs, own, ['supervisor']);
    expect(readdirSync(at)).toEqual(['a', 'b', 'c']);
    expect(told.lines).toEqual([
      "info RPC interface 'supervisor' initialized",
      "info RPC interface 'supervisor' initialized",
      "critical Server 'unix_http_server' running without any HTTP authentication checking",
      "info RPC interface 'supervisor' initialized",
      "critical Server 'unix_http_server' running without any HTTP authentication checking",
    ]);
    await servers[Symbol.asyncDispose]();
    expect(readdirSync(at)).toEqual([]);
  });

  it('are all closed when one cannot be opened', async () => {
    const at = folder();
    await expect(openServers([spec(`${at}/a`), spec(`${at}/none/b`)], options, [])).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(readdirSync(at)).toEqual([]);
  });

  it('are opened one by one where somebody is told of those that cannot be', async () => {
    const at = folder();
    const refused: string[] = [];
    const specs = [spec(`${at}/none/a`), spec(`${at}/b`)];
    const servers = await openServers(specs, options, [], ({ message }) => refused.push(message));
    expect(readdirSync(at)).toEqual(['b']);
    expect(refused).toEqual(['unix_http_server: Cannot open an HTTP server: socket.error reported errno.ENOENT (2)']);
    await servers[Symbol.asyncDispose]();
  });
});
