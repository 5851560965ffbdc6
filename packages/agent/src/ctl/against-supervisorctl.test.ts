/** The stock supervisorctl and this one, side by side against one daemon: where it is installed. */
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupSpec, processSpec } from '../supervision/testing/specs.ts';
import { type Outcome, type ServedDaemon, serveDaemon } from './testing/served-daemon.ts';

const STOCK = '/usr/bin/supervisorctl';

let served: ServedDaemon;

beforeAll(async () => {
  served = await serveDaemon();
  const off = processSpec('off', { autostart: false });
  served.daemon.supervisor.addGroup(groupSpec('run', { processes: [processSpec('run', { startsecs: 0 })] }), 'local');
  served.daemon.supervisor.addGroup(
    groupSpec('w', { processes: [off, { ...off, name: 'on', startsecs: 0 }] }),
    'local',
  );
  await served.daemon.pass(0);
  served.daemon.settings.configured = [
    groupSpec('run'),
    groupSpec('a_name_that_is_wider_than_thirty_two', { priority: 5 }),
  ];
  served.daemon.settings.changes = { added: ['new'], changed: ['run'], removed: ['gone'] };
  served.daemon.settings.mainLogPath = `${served.folder}/main.log`;
  writeFileSync(served.daemon.settings.mainLogPath, 'première\nsecond <&> line\n');
});
afterAll(() => served[Symbol.asyncDispose]());

function stock(words: string, typed: string): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const argv = ['-s', served.url, ...words.split(' ').filter((word) => word !== '')];
  const child = execFile(STOCK, argv, { cwd: served.folder }, (error, out, err) =>
    resolve({ out, err, code: typeof error?.code === 'number' ? error.code : 0 }),
  );
  child.stdin?.end(typed);
  return promise;
}

/** Where the stock one names a line of Python, ours names the server; and time goes on between the two. */
function comparable({ out, err, code }: Outcome) {
  const place = /: file: .* line: \d+$/gm;
  return { out: out.replace(place, ': PLACE').replace(/uptime [\d:]+/g, 'uptime'), err, code };
}

describe.skipIf(!existsSync(STOCK))('the same words, the same exit code', () => {
  const cases: readonly (readonly [words: string, typed?: string])[] = [
    ['status'],
    ['status w:* ghost'],
    ['status run'],
    ['pid run w:off ghost'],
    ['pid all'],
    ['start run ghost:*'],
    ['signal NOPE w:*'],
    ['avail'],
    ['reread'],
    ['add ghost run'],
    ['remove run'],
    ['clear w:*'],
    ['tail run stderr'],
    ['tail -99999999999 run'],
    ['tail -f run'],
    ['maintail -11'],
    ['help'],
    ['fg w:off'],
    ['nonsense'],
    ['', 'status run\npid ghost\n?nothing\nshutdown\nn\nexit\n'],
    ['', 'shutdown\n'],
  ];
  it.concurrent.each(cases.map(([words, typed = '']) => [words, typed] as const))('%s %s', async (words, typed) => {
    const [theirs, ours] = await Promise.all([stock(words, typed), served.ctl(words, typed)]);
    expect(comparable(ours)).toEqual(comparable(theirs));
  });
});
