/** The status page of an agent: what a person sees and does there, without a line of JavaScript, and what no other page can do. */
import { describe, expect, it } from 'vitest';
import { LoneAgent } from '../support/agent.ts';
import { type Answer, ask } from '../support/http.ts';
import { isAlive } from '../support/proc.ts';
import { processInfo, served, socketOf } from '../support/rpc.ts';
import { until } from '../support/until.ts';

const cat = '[program:cat]\ncommand=cat\nstartsecs=0\nstdout_logfile=cat.log\n\n';

const browser = { Host: 'agent.example', 'User-Agent': 'Mozilla/5.0' };

const page = (agent: LoneAgent, query = '') => ask(socketOf(agent), { path: `/${query}`, headers: browser });

/** What the page that one is sent to says has happened. */
async function messageOf(agent: LoneAgent, { status, headers }: Answer): Promise<string> {
  expect(status).toBe(301);
  const { origin, pathname, search } = new URL(headers.location ?? '');
  expect(origin + pathname).toBe('http://agent.example/');
  const shown = (await page(agent, search)).body;
  const [, message = ''] = /<p id="statusmessage"[^>]*>([^<]*)</.exec(shown) ?? [];
  expect(message).not.toBe('');
  return message;
}

/** Presses a button of the page, told by its label or how its text begins: posts its form as a browser does. */
async function press(agent: LoneAgent, title: string): Promise<string> {
  const { body } = await page(agent);
  const buttons = [...body.matchAll(/<button([^>]*)>([^<]*)</g)];
  const [, attributes = ''] =
    buttons.find(([, of = '', text = '']) => of.includes(`aria-label="${title}"`) || text.startsWith(`${title}:`)) ??
    [];
  const [, action] = /formaction="([^"]*)"/.exec(attributes) ?? [];
  if (action === undefined) throw new Error(`no button '${title}' on the page`);
  const [, token = ''] = /name="token" value="([^"]*)"/.exec(body) ?? [];
  const answer = await ask(socketOf(agent), {
    method: 'POST',
    path: `/${action.replaceAll('&amp;', '&')}`,
    headers: { ...browser, Origin: 'http://agent.example', 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `token=${token}`,
  });
  return messageOf(agent, answer);
}

describe.concurrent('the status page', () => {
  it('shows every process, and does with it what its buttons say', async () => {
    await using agent = await LoneAgent.start(
      `${served}${cat}[program:off]\ncommand=sleep 1000\nautostart=false\nstartsecs=0\n`,
    );
    const pid = await agent.pidOf('cat');
    const { status, headers, body } = await page(agent);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(body).not.toMatch(/<script|javascript:| on[a-z]+=/i);
    expect(body).toMatch(
      new RegExp(`running.*pid ${pid}, uptime 0:00:\\d\\d.*>cat<.*stopped.*Not started.*>off<`, 's'),
    );

    expect(await press(agent, 'Restart cat')).toBe('Process cat restarted');
    const restarted = await agent.pidOf('cat', 2);
    expect(await press(agent, 'Stop cat')).toBe('Process cat stopped');
    expect(isAlive(restarted)).toBe(false);
    expect(await press(agent, 'Start cat')).toBe('Process cat started');
    expect(await press(agent, 'Clear Log cat')).toBe('Log for cat cleared');
    expect(await press(agent, 'Restart All')).toMatch(/^All restarted at \w{3} \w{3} .\d \d\d:\d\d:\d\d \d{4}$/);
    expect(await processInfo(agent, 'off')).toMatchObject({ statename: 'RUNNING' });
    expect(await press(agent, 'Stop All')).toMatch(/^All stopped at /);
    for (const name of ['cat', 'off']) expect(await processInfo(agent, name)).toMatchObject({ statename: 'STOPPED' });
  });

  it('answers scripts that ask by an address alone, as they always did', async () => {
    await using agent = await LoneAgent.start(`${served + cat}[program:bad]\ncommand=/no/such\nautostart=false\n`);
    await agent.pidOf('cat');
    const act = async (query: string) =>
      messageOf(
        agent,
        await ask(socketOf(agent), { path: `/index.html?${query}`, headers: { Host: 'agent.example' } }),
      );
    expect(await act('action=refresh')).toMatch(/^Page refreshed at /);
    expect(await act('processname=cat&action=stop')).toBe('Process cat stopped');
    expect(await act('processname=cat&action=stop')).toBe('unexpected rpc fault [70] NOT_RUNNING: cat');
    expect(await act('processname=cat%3Acat&action=start')).toBe('Process cat:cat started');
    expect(await act('processname=cat&action=start')).toBe('ERROR: Process cat: already started');
    expect(await act('processname=bad&action=start')).toBe('ERROR: Process bad: no such file');
    expect(await act('processname=nope&action=start')).toBe('No such process named nope');
    expect(await ask(socketOf(agent), { path: '/index.html?action=nope' })).toMatchObject({ status: 400 });
    expect(await ask(socketOf(agent), { path: '/index.html?action=start' })).toMatchObject({ status: 400 });
  });

  it('shows the end of a log', async () => {
    await using agent = await LoneAgent.start(
      `${served}[program:say]\ncommand=/bin/sh -c 'echo "<b>bold</b> & more"; exec sleep 1000'\nstdout_logfile=say.log\n`,
    );
    await until('it has spoken', () => agent.read('say.log') !== '');
    const tail = async (query: string) => (await ask(socketOf(agent), { path: `/tail.html${query}` })).body;
    expect(await tail('?processname=say')).toContain('&lt;b&gt;bold&lt;/b&gt; &amp; more');
    expect(await tail('?processname=nope')).toContain('BAD_NAME');
    expect(await tail('')).toContain('No process name found');
    expect(await ask(socketOf(agent), { path: '/ok.html' })).toMatchObject({ status: 200, body: 'OK' });
    expect(await ask(socketOf(agent), { path: '/stylesheets/supervisor.css' })).toMatchObject({ status: 200 });
  });

  it('shows names and messages as text, whatever is in them', async () => {
    await using agent = await LoneAgent.start(`${served}[program:<img>]\ncommand=cat\nprocess_name="><i>&\n`);
    const { body } = await page(agent);
    expect(body).not.toMatch(/<(img|i)>/);
    expect(body).toContain('&lt;img&gt;:&quot;&gt;&lt;i&gt;&amp;');
    expect((await page(agent, '?message=%3Cscript%3Ealert(1)%3C/script%3E')).body).not.toMatch(/<script/i);
  });
});

describe.concurrent('a page of another site', () => {
  it('cannot make a browser change anything', async () => {
    await using agent = await LoneAgent.start(served + cat);
    const pid = await agent.pidOf('cat');
    const foreign = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { Referer: 'http://evil.example/page' },
      {}, // a browser that does not say
    ];
    for (const headers of foreign) {
      for (const method of ['GET', 'POST']) {
        const path = '/index.html?action=stopall';
        const answer = await ask(socketOf(agent), { path, method, headers: { ...browser, ...headers }, body: '' });
        expect({ headers, status: answer.status }).toEqual({ headers, status: 403 });
      }
    }
    const call = '<methodCall><methodName>supervisor.stopAllProcesses</methodName></methodCall>';
    const headers = { ...browser, Origin: 'http://evil.example', 'Content-Type': 'text/plain' };
    expect(await ask(socketOf(agent), { method: 'POST', path: '/RPC2', headers, body: call })).toMatchObject({
      status: 403,
    });
    expect(isAlive(pid)).toBe(true);
    expect(agent.pidsOf('cat')).toEqual([pid]);
    await agent.says(/^Status page refused .*evil\.example/);
  });
});
