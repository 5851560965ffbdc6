import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { seededRandom } from '@fleetvisor/primitives';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Behaviour } from '../../supervision/testing/fake-process-host.ts';
import { groupSpec, processSpec } from '../../supervision/testing/specs.ts';
import { type SupervisedWorld, superviseFake } from '../../supervision/testing/supervised-world.ts';
import { type ServedRoutes, serveRoutes } from '../log-tail/testing/serve-routes.ts';
import { statusPageRoute } from './status-page-route.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

let served: ServedRoutes | undefined;
afterEach(async () => {
  await served?.[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What the browser is sent back to say. */
  readonly message: string | null;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Page {
  readonly world: SupervisedWorld;
  /** The main log. */
  readonly told: readonly string[];
  state: 'running' | 'restarting' | 'shutting-down';
  /** Asks, and lets the world go on until there is an answer. */
  ask(target: string, asked?: Asked): Promise<Answer>;
}

async function openPage(
  behaviours: Readonly<Record<string, Behaviour>> = {},
  groups = [groupSpec('cat')],
): Promise<Page> {
  const world = superviseFake(behaviours);
  for (const group of groups) world.supervisor.addGroup(group, 'local');
  const { supervisor, logs, clock } = world;
  const told: string[] = [];
  const mainLog = {
    path: () => undefined,
    clear: () => {},
    log: (level: string, line: string) => void told.push(`${level} ${line}`),
  };
  const server = await serveRoutes([
    statusPageRoute({
      daemon: { supervisor, logs, clock, mainLog, identifier: () => 'web1', state: () => page.state },
      random: seededRandom(1),
      version: '1.2.3',
    }),
  ]);
  served = server;
  const page: Page = {
    world,
    told,
    state: 'running',
    ask: async (target, { method = 'GET', headers = {}, body } = {}) => {
      const asked = request({ port: server.port, path: target, method, headers: { host: 'web1:9001', ...headers } });
      asked.end(body);
      let isAnswered = false;
      const answered = once(asked, 'response').finally(() => (isAnswered = true));
      while (!isAnswered) await world.pass(0.1);
      const [response] = await answered;
      const location = response.headers.location;
      return {
        status: response.statusCode,
        headers: response.headers,
        body: await text(response),
        message: location === undefined ? null : new URL(location, 'http://web1').searchParams.get('message'),
      };
    },
  };
  await world.pass(2);
  return page;
}

const stdoutTo = (path: string) => ({
  stdout: { ...processSpec('x').stdout, target: { kind: 'file', path } as const },
});

describe('the status page', () => {
  it.each(['/', '/index.html', '//', '/?message=', '/index.html;x', '/?action='])('is at %s', async (target) => {
    const { ask } = await openPage();
    const { status, headers, body } = await ask(target);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html;charset=utf-8');
    expect(body).toContain('<title>Supervisor Status</title>');
    expect(body).toMatch(/<span class="statusrunning running">running<\/span>/);
    expect(body).toMatch(/pid 1000, uptime 0:\d\d:\d\d/);
    expect(body).toContain('<a href="tail.html?processname=cat">cat</a>');
    expect(body).toContain('Fleetvisor 1.2.3');
  });

  it('offers what can be done in each state', async () => {
    const logs = stdoutTo('/tmp/x.log');
    const of = (name: string, options = {}) =>
      groupSpec(name, { processes: [processSpec(name, { ...logs, ...options })] });
    const { ask } = await openPage({ failing: { endsAfterMs: 1 }, gone: { spawnError: 'no' } }, [
      of('up'),
      of('off', { autostart: false }),
      of('young', { startsecs: 1000 }),
      of('failing', { startretries: 1000 }),
      of('gone', { startretries: 0 }),
    ]);
    const { body } = await ask('/');
    const offered = [...body.matchAll(/<tr>.*?<\/tr>/gs)].slice(1).map(([row]) => {
      const name = /processname=(\w+)/.exec(row)?.[1];
      const actions = [...row.matchAll(/action=(\w+)|href="(logtail\/[^"]+)"/g)].map((match) => match[1] ?? match[2]);
      return `${name}: ${actions.join(' ')}`;
    });
    expect(offered).toEqual([
      'failing: stop clearlog logtail/failing',
      'gone: start clearlog logtail/gone',
      'off: start clearlog logtail/off',
      'up: restart stop clearlog logtail/up',
      'young: stop clearlog logtail/young',
    ]);
  });

  it('says so when there is nothing to manage', async () => {
    const { ask } = await openPage({}, []);
    expect((await ask('/')).body).toContain('No programs to manage');
  });

  it('shows the message it is sent back with, and what is trouble as such', async () => {
    const { ask } = await openPage();
    expect((await ask('/?message=Process%20cat%20%3Cb%3E')).body).toContain('role="status">Process cat &lt;b&gt;</p>');
    expect((await ask('/?message=ERROR:+Process+x')).body).toContain('class="status_msg trouble"');
  });

  it('is kept by nobody and framed by nobody', async () => {
    const { ask } = await openPage();
    for (const target of ['/', '/tail.html', '/ok.html', '/index.html?action=refresh', '/stylesheets/supervisor.css']) {
      expect((await ask(target)).headers).toMatchObject({
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("default-src 'none'; style-src 'self'; form-action 'self'"),
      });
    }
  });

  it('says that the daemon ends', async () => {
    const page = await openPage();
    page.state = 'shutting-down';
    expect((await page.ask('/')).body).toContain('The daemon is shutting down');
  });
});

describe('an action', () => {
  const broken = { missing: { kind: 'noFile', spawnError: "can't find command 'foo'" } } as const;
  const unstarted = groupSpec('foo', { processes: [processSpec('foo', { autostart: false })] });

  it('is done before the answer, which sends back to the page', async () => {
    const { ask, world } = await openPage();
    const { status, headers, message } = await ask('/index.html?action=stop&processname=cat');
    expect(status).toBe(301);
    expect(headers.location).toBe('http://web1:9001/?message=Process%20cat%20stopped');
    expect(message).toBe('Process cat stopped');
    expect(world.status('cat')).toMatchObject({ state: 'STOPPED', stoppedByHand: true });
  });

  it('may come as a form, whose words count more', async () => {
    const { ask, world } = await openPage();
    const { message } = await ask('/index.html?action=start&processname=ghost', {
      method: 'POST',
      body: 'processname=cat&action=clearlog&action=stop',
    });
    expect(message).toBe('Process cat stopped');
    expect(world.status('cat').state).toBe('STOPPED');
  });

  it.each([
    ['start', 'cat', 'ERROR: Process cat: already started'],
    ['start', 'foo', 'ERROR: Process foo: no such file'],
    ['stop', 'foo', 'unexpected rpc fault [70] NOT_RUNNING: foo'],
    ['restart', 'cat', 'Process cat restarted'],
    ['restart', 'cat:cat', 'Process cat:cat restarted'],
    ['restart', 'foo', 'ERROR: Process foo: no such file'],
    ['clearlog', 'cat', 'Log for cat cleared'],
    ['stop', 'ghost', 'No such process named ghost'],
    ['stop', 'cat:*', 'No such process named cat:*'],
    ['dance', 'ghost', 'No such process named ghost'],
  ])('%s %s: %s', async (action, name, expected) => {
    const { ask } = await openPage({ foo: broken }, [groupSpec('cat'), unstarted]);
    const { status, message } = await ask(`/index.html?action=${action}&processname=${encodeURIComponent(name)}`);
    expect([status, message]).toEqual([301, expected]);
  });

  it.each([
    [{ missing: { kind: 'notExecutable', spawnError: 'x' } }, 'file not executable'],
    [{ spawnError: 'x' }, 'spawn error'],
    [{ endsAfterMs: 100, exit: { kind: 'code', code: 3 } }, 'spawn error'],
  ] as const)('that cannot start a program says why: %j', async (behaviour, expected) => {
    const { ask } = await openPage({ foo: behaviour }, [unstarted]);
    for (const action of ['start', 'restart']) {
      const { message } = await ask(`/?action=${action}&processname=foo`);
      expect(message).toBe(`ERROR: Process foo: ${expected}`);
    }
  });

  it('that cannot clear a log says why', async () => {
    const { ask, world } = await openPage();
    world.logs.clear = () => {
      throw new Error('cannot clear /x: EROFS');
    };
    expect((await ask('/?action=clearlog&processname=cat')).message).toBe(
      'unexpected rpc fault [30] FAILED: cat: cannot clear /x: EROFS',
    );
  });

  it('on all', async () => {
    const { ask, world } = await openPage({}, [groupSpec('cat'), groupSpec('dog'), unstarted]);
    expect((await ask('/?action=stopall')).message).toMatch(
      /^All stopped at \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
    );
    expect(world.supervisor.snapshot().map(({ state }) => state)).toEqual(['STOPPED', 'STOPPED', 'STOPPED']);
    expect((await ask('/?action=restartall')).message).toMatch(/^All restarted at /);
    expect(world.supervisor.snapshot().map(({ state }) => state)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
  });

  it('on all tells what did not come up, though not every one of a thousand', async () => {
    const failing = Array.from({ length: 12 }, (_, i) =>
      groupSpec(`f${i}`, { processes: [processSpec(`f${i}`, { program: 'foo', autostart: false })] }),
    );
    const { ask } = await openPage({ foo: broken }, [groupSpec('cat'), ...failing]);
    const lines = (await ask('/?action=restartall')).message?.split('\n') ?? [];
    expect(lines[0]).toMatch(/^1 of 13 restarted at /);
    expect(lines[1]).toBe('ERROR: Process f0: no such file');
    expect(lines.slice(11)).toEqual(['ERROR: 2 more did not come up']);
  });

  it('refresh changes nothing', async () => {
    const { ask } = await openPage();
    const other = { headers: { 'sec-fetch-site': 'cross-site' } };
    expect((await ask('/?action=refresh', other)).message).toMatch(/^Page refreshed at /);
  });

  it.each([['/?action=dance'], ['/?action=stop'], ['/?action=dance&processname=cat'], ['/?action=stop&processname=']])(
    'that makes no sense is a bad request: %s',
    async (target) => {
      const { ask, world } = await openPage();
      expect((await ask(target)).status).toBe(400);
      expect(world.status('cat').state).toBe('RUNNING');
    },
  );

  it('is not taken any more while the daemon ends', async () => {
    const page = await openPage();
    page.state = 'shutting-down';
    for (const action of ['stopall', 'restartall', 'start&processname=cat', 'stop&processname=cat']) {
      expect((await page.ask(`/?action=${action}`)).message).toBe('unexpected rpc fault [6] SHUTDOWN_STATE');
    }
  });

  it.each([
    ['host:80', 'http://host/?message='],
    ['[::1]:9001', 'http://[::1]:9001/?message='],
  ])('sends back to where the client thinks we are: %s', async (host, expected) => {
    const { ask } = await openPage();
    const { headers } = await ask('/?action=refresh', { headers: { host } });
    expect(headers.location?.slice(0, expected.length)).toBe(expected);
  });

  it('sends back to no host that is none', async () => {
    const { ask } = await openPage();
    const { headers } = await ask('/?action=refresh', { headers: { host: 'evil/@x"' } });
    expect(headers.location).toMatch(/^\/\?message=/);
  });

  it('sends a browser that came by https back to https', async () => {
    const { ask } = await openPage();
    const { headers } = await ask('/?action=refresh', {
      method: 'POST',
      headers: { host: 'ops', origin: 'https://ops' },
    });
    expect(headers.location).toMatch(/^https:\/\/ops\/\?message=/);
  });
});

describe('who may act', () => {
  const browser = { 'user-agent': 'Mozilla/5.0' };
  const stop = '/index.html?action=stop&processname=cat';

  it.each([
    ['by its browser’s word', { ...browser, 'sec-fetch-site': 'cross-site' }],
    ['by its origin', { ...browser, origin: 'http://evil.example' }],
    ['by its referrer', { referer: 'http://evil.example/' }],
  ])('not another site, known %s', async (_, headers) => {
    const { ask, world, told } = await openPage();
    for (const method of ['GET', 'POST']) {
      const { status, body } = await ask(stop, { method, headers });
      expect(status).toBe(403);
      expect(body).toContain('Not done: Stop cat');
    }
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^warn Status page refused \{"processname":"cat","action":"stop"\}: a page of /);
    expect(world.status('cat').state).toBe('RUNNING');
  });

  it('a browser that does not say who asks, once a person has said yes', async () => {
    const { ask, world } = await openPage();
    const { status, body } = await ask(stop, { headers: browser });
    expect([status, world.status('cat').state]).toEqual([403, 'RUNNING']);
    const target = /<form action="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    const token = /name="token" value="(\w+)"/.exec(body)?.[1];
    const answer = await ask(`/${target}`, { method: 'POST', headers: browser, body: `token=${token}` });
    expect(answer.message).toBe('Process cat stopped');
  });

  it('our own page, by its token', async () => {
    const { ask } = await openPage();
    const token = /name="token" value="(\w{32})"/.exec((await ask('/')).body)?.[1];
    const act = (body: string) => ask(stop, { method: 'POST', headers: browser, body });
    expect((await act('token=00000000000000000000000000000000')).status).toBe(403);
    expect((await act('token=0')).status).toBe(403);
    expect((await act(`token=${token}`)).message).toBe('Process cat stopped');
  });
});

describe('the end of a log', () => {
  const path = join(folder, 'out.log');
  const group = groupSpec('cat', { processes: [processSpec('cat', stdoutTo(path))] });
  const pre = (body: string) => /<pre>\n(.*)<\/pre>/s.exec(body)?.[1];

  it('is shown as text', async () => {
    writeFileSync(path, '\n</pre><script>alert("x")</script>\n\x1b[31mred\x1b[0m é \xff\n');
    const { ask } = await openPage({}, [group]);
    const { status, body } = await ask('/tail.html?processname=cat');
    expect(status).toBe(200);
    expect(body).toContain('<title>Supervisor tail of process cat</title>');
    expect(pre(body)).toBe('\n&lt;/pre&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;\nred é ÿ\n');
    expect(body).toContain('href="tail.html?processname=cat&amp;limit=1024"');
  });

  it.each([
    ['', 1024],
    ['&limit=10', 1024],
    ['&limit=-5', 1024],
    ['&limit=x', 1024],
    ['&limit=3000', 3000],
    ['&limit=99999999999999999999', 1024 * 1024],
  ])('has as many bytes as are asked for%s: %d', async (limit, expected) => {
    writeFileSync(path, 'x'.repeat(2 * 1024 * 1024));
    const { ask } = await openPage({}, [group]);
    expect(pre((await ask(`/tail.html?processname=cat${limit}`)).body)?.length).toBe(expected);
  });

  it('begins with a whole character', async () => {
    writeFileSync(path, 'é'.repeat(1000).concat('!'));
    const { ask } = await openPage({}, [group]);
    expect(pre((await ask('/tail.html?processname=cat')).body)).toBe('é'.repeat(511).concat('!'));
  });

  it.each([
    ['/tail.html', 'No process name found'],
    ['/tail.html?processname=', 'No process name found'],
    ['/tail.html?processname=silent', 'No file for silent'],
    ['/tail.html?processname=missing', 'No file for missing'],
    ['/tail.html?processname=ghost%3Cb', 'ERROR: unexpected rpc fault [10] BAD_NAME: ghost&lt;b'],
    ['/tail.html?processname=cat:*', 'ERROR: unexpected rpc fault [10] BAD_NAME: cat:*'],
    ['/tail.html?processname=folder', 'ERROR: unexpected rpc fault [30] FAILED: folder: '],
  ])('or why there is none: %s', async (target, expected) => {
    const missing = processSpec('missing', stdoutTo(join(folder, 'missing.log')));
    const none = processSpec('folder', stdoutTo(folder));
    const { ask } = await openPage({}, [
      ...[group, groupSpec('silent')],
      ...[groupSpec('missing', { processes: [missing] }), groupSpec('folder', { processes: [none] })],
    ]);
    expect((await ask(target)).body).toContain(expected);
  });
});

describe('other addresses', () => {
  it.each([
    ['GET', '/ok.html', 200],
    ['GET', '/stylesheets/supervisor.css', 200],
    ['HEAD', '/stylesheets/supervisor.css', 200],
    ['GET', '/no/such/page', 404],
    ['GET', '/favicon.ico', 404],
    ['GET', '/../../etc/passwd', 404],
    ['HEAD', '/index.html', 404],
    ['HEAD', '/other', 404],
    ['POST', '/other', 400],
    ['POST', '/stylesheets/supervisor.css', 400],
    ['PUT', '/index.html', 400],
    ['DELETE', '/', 400],
  ])('%s %s: %d', async (method, target, status) => {
    const { ask } = await openPage();
    expect((await ask(target, { method })).status).toBe(status);
  });

  it('ok.html is the plain word', async () => {
    const { ask } = await openPage();
    const { headers, body } = await ask('/ok.html');
    expect([headers['content-type'], body]).toEqual(['text/plain', 'OK']);
  });

  it('a form without a length is refused, as in Supervisor', async () => {
    const { ask, world } = await openPage();
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await ask('/', { method: 'POST', headers, body: 'action=stopall' })).status).toBe(411);
    expect(world.status('cat').state).toBe('RUNNING');
  });

  it('a form whose sender leaves is nobody’s failure', async () => {
    const { world } = await openPage();
    const client = request({ port: served?.port, method: 'POST', headers: { 'content-length': '30' } });
    client.on('error', () => {}); // its own doing
    client.write('action=stopall&');
    await vi.waitUntil(() => served?.underWay === 1, { interval: 2 });
    client.destroy();
    await vi.waitUntil(() => served?.underWay === 0, { interval: 2 });
    expect(served?.failures).toEqual([]);
    expect(world.status('cat').state).toBe('RUNNING');
  });

  it('a form that is larger than any is refused, and the client reads it', async () => {
    const { ask } = await openPage();
    expect((await ask('/', { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(413);
  });
});
