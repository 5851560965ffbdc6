import { describe, expect, it } from 'vitest';
import { layeredHost } from '../layers/fixtures/layered-host.ts';
import { LogFiles } from '../logs/log-files.ts';
import { tempFolder } from '../state/fixtures/temp-folder.ts';
import { beginLife } from './life.ts';

async function living(options: { readonly adopt?: () => Promise<void> } = {}) {
  const host = layeredHost(tempFolder(), { local: '[program:web]\ncommand=/bin/web\n' });
  await host.boot();
  const story: string[] = [];
  const endings: string[] = [];
  const life = beginLife({
    ...{
      clock: host.clock,
      supervisor: host.supervisor,
      local: host.local,
      logs: host.logs,
      files: new LogFiles(() => {}),
    },
    mainLog: { path: () => undefined, clear: () => {}, log: (level, text) => void story.push(`${level} ${text}`) },
    identifier: () => 'supervisor',
    remoteCommunication: () => {},
    announce: (state) => void story.push(state),
    ends: (what) => void endings.push(what),
    adopt: async (config) => {
      story.push(
        `adopt ${config.groups.map(({ name }) => name).join()} with ${host.supervisor.groups().length} active`,
      );
      await options.adopt?.();
    },
  });
  /** Until it has been in the state that it is to leave, and has left it. */
  const untilRunning = async () => {
    await turn();
    for (let turns = 0; turns < 1000 && life.state() === 'restarting'; turns++) {
      await host.pass(0.1);
      await turn();
    }
  };
  return { host, life, story, endings, untilRunning };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a life', () => {
  it('begins anew: all is stopped, the daemon takes what is new to it, then all starts', async () => {
    const { host, life, story, untilRunning } = await living();
    host.edit('[program:other]\ncommand=/bin/other\n');
    expect(life.restart()).toEqual({ ok: true });
    await turn();
    expect([life.state(), host.supervisor.groups().length]).toEqual(['restarting', 1]);
    await untilRunning();
    expect(story).toEqual(['STOPPING', 'adopt other with 0 active', 'RUNNING']);
    await host.pass(2);
    expect(host.table()).toEqual(['local other:other RUNNING']);
  });

  it('is not begun anew from a broken file', async () => {
    const { host, life, story } = await living();
    host.edit('nonsense');
    expect(life.restart()).toMatchObject({ ok: false, problems: [{ line: 2 }] });
    expect(life.state()).toBe('running');
    expect(story).toEqual([
      expect.stringMatching(/^error .*supervisord.conf:2: /),
      'error not restarted: the configuration has errors; everything runs on as it was',
    ]);
    expect(host.status('web')).toMatchObject({ state: 'RUNNING', run: 1 });
  });

  it('is not begun anew twice at once', async () => {
    const { life, story, untilRunning } = await living();
    life.restart();
    expect(life.restart()).toEqual({ ok: true });
    await untilRunning();
    expect(story).toEqual(['STOPPING', 'adopt web with 0 active', 'RUNNING']);
  });

  it('is begun anew once more where that is wanted after its files have been read', async () => {
    let isFirst = true;
    const { host, life, story, untilRunning } = await living({
      adopt: async () => {
        host.edit('[program:other]\ncommand=/bin/other\n');
        if (isFirst) life.restart();
        isFirst = false;
      },
    });
    life.restart();
    await untilRunning();
    await untilRunning();
    const first = ['STOPPING', 'adopt web with 0 active', 'RUNNING'];
    expect(story).toEqual([...first, 'STOPPING', 'adopt other with 0 active', 'RUNNING']);
    expect(host.table()).toEqual([expect.stringMatching(/^local other:other /)]);
  });

  it('says what is wrong with files that are broken while all stops, and begins with them as they were', async () => {
    const { host, life, story, untilRunning } = await living();
    life.restart();
    await turn();
    host.edit('nonsense');
    await untilRunning();
    expect(story).toEqual([
      'STOPPING',
      expect.stringMatching(/^error .*supervisord.conf:2: /),
      'error the configuration has errors since the restart was asked for: it is as it was then',
      'adopt web with 0 active',
      'RUNNING',
    ]);
  });

  it('goes on where what is new to the daemon cannot be had', async () => {
    const { host, life, story, untilRunning } = await living({ adopt: () => Promise.reject(new Error('no port')) });
    life.restart();
    await untilRunning();
    expect(story.slice(2)).toEqual(['critical cannot take up all of the new configuration: no port', 'RUNNING']);
    expect(host.table()).toHaveLength(1);
  });

  it('ends once, and says so to event listeners once', async () => {
    const { life, story, endings } = await living();
    life.restart();
    life.shutdown();
    life.shutdown();
    await life.toldToEnd;
    expect([life.state(), story]).toEqual(['shutting-down', ['STOPPING']]);
    expect(life.restart()).toEqual({ ok: true });
    expect(endings).toEqual(['everything']);
  });

  it('says what it is stopping on purpose, for the agent that comes after one that is killed over it', async () => {
    const { life, endings, untilRunning } = await living();
    life.restart();
    await untilRunning();
    expect(endings).toEqual(['local', 'nothing']);
  });

  it('tells which of the configured groups are active', async () => {
    const { host, life } = await living();
    host.edit('[program:web]\ncommand=/bin/web\n[program:new]\ncommand=/bin/new\n');
    expect(life.reread()).toMatchObject({ ok: true, changes: { added: ['new'], changed: [], removed: [] } });
    expect(life.configured().map(({ spec, isActive }) => [spec.name, isActive])).toEqual([
      ['new', false],
      ['web', true],
    ]);
  });
});
