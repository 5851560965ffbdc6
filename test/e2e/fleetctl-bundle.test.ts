/** fleetctl as users run it, the launcher and its bundle: every command in every format, against a real fleet. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestFleet } from '../support/fleet.ts';

const formats = ['table', 'wide', 'json', 'jsonl', 'yaml', 'name'];
const conf = '[program:cat]\ncommand=/bin/cat\nstartsecs=0\n\n';
const fleetConf = '[program:job]\ncommand=sleep 1000\nstartsecs=0\n';

/** A command line for each command, with the exit code it has in every format that it takes. */
const commandLines: readonly (readonly [string, number])[] = [
  ['hosts', 0],
  ['hosts forget web1', 10],
  ['status', 0],
  ['start cat', 0],
  ['stop nosuch', 4],
  ['restart cat', 0],
  ['signal CONT cat', 0],
  ['clear cat', 0],
  ['reread', 0],
  ['update', 0],
  ['upgrade --host nosuch', 4],
  ['commands', 0],
  ['commands show nosuch', 4],
  ['tail cat', 0],
  ['events', 0],
  ['crashes', 0],
  ['config push FOLDER/web.conf --all', 0],
  ['config list', 0],
  ['config show web.conf@1', 0],
  ['config diff web.conf --file FOLDER/web.conf', 0],
  ['config diff web.conf', 2],
  ['config history web.conf', 0],
  ['config rollback web.conf@1 --dry-run', 0],
  ['config validate FOLDER/web.conf', 0],
  ['context list', 0],
  ['context use here', 0],
  ['context show', 0],
  ['version', 0],
];

/** What makes no sense is refused. */
const refused = new Set(['tail cat -o json', 'tail cat -o yaml', 'tail cat -o name', 'events -o name']);

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await TestFleet.start([{ name: 'web1', conf }]);
  writeFileSync(join(fleet.folder, 'web.conf'), fleetConf);
  writeFileSync(join(fleet.folder, 'fleetctl.ini'), `[context here]\ncontroller=${fleet.ports.api}\n`);
  await fleet.pidOf('web1/cat:cat');
  await fleet.ctl('config', 'push', join(fleet.folder, 'web.conf'), '--all');
}, 60_000);

afterAll(() => fleet?.[Symbol.asyncDispose]());

describe('the bundled fleetctl', () => {
  it('is tried with every command that it has', async () => {
    const tried = new Set(
      commandLines.flatMap(([line]) => [line.split(' ')[0], line.split(' ').slice(0, 2).join(' ')]),
    );
    const top = namesIn((await fleet.ctl('help')).stdout);
    expect(top).toContain('status');
    expect(top.filter((name) => !tried.has(name))).toEqual([]);
    for (const group of ['hosts', 'config', 'context']) {
      const below = namesIn((await fleet.ctl(group, '--help')).stdout);
      expect(below.filter((name) => !tried.has(`${group} ${name}`))).toEqual([]);
    }
  });

  describe.each(formats)('-o %s', (format) => {
    it.each(commandLines)('%s', async (line, code) => {
      const ran = await fleet.ctl(...line.replaceAll('FOLDER', fleet.folder).split(' '), '-o', format);
      expect(ran.stderr + ran.stdout).not.toContain('a fault of fleetctl');
      expect(ran.code, ran.stderr + ran.stdout).toBe(refused.has(`${line} -o ${format}`) ? 64 : code);
      if (format === 'json' && ran.stdout !== '') expect(JSON.parse(ran.stdout).schema).toBe(1);
      if (format === 'yaml' && ran.stdout !== '') expect(ran.stdout).toMatch(/^schema: 1\nkind: /);
      if (format === 'jsonl') {
        for (const one of ran.stdout.trimEnd().split('\n').filter(Boolean)) expect(JSON.parse(one).schema).toBe(1);
      }
    });
  });
});

/** The names of commands in the list that help prints. */
function namesIn(help: string): string[] {
  const [, list = ''] = help.split('\nCommands:\n');
  const [lines = ''] = list.split('\n\n');
  const names = [...lines.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? '');
  return names.filter((name) => name !== 'help');
}
