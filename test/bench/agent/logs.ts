/** What it costs to log: much at once, and many single lines. */
import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { voluntarySwitches } from '../../support/proc.ts';
import { root } from '../../tidy/source-tree.ts';
import { Daemon, msSince, type Subject } from '../subject.ts';
import { type Figures, MiB } from './measure.ts';

export async function logs(subject: Subject): Promise<Figures> {
  const sizeMiB = 200;
  const programs = `[program:cat]\ncommand=cat %FOLDER%/big\nautostart=true\nautorestart=false\nstartsecs=0\nstdout_logfile=%FOLDER%/out.log\nstdout_logfile_maxbytes=50MB\nstdout_logfile_backups=10\n`;
  await using daemon = new Daemon(
    { ...subject, command: (conf, folder) => subject.command(withBigFile(conf, folder, sizeMiB), folder) },
    programs,
  );
  const begun = process.hrtime.bigint();
  while (loggedBytes(daemon.folder) < sizeMiB * MiB && msSince(begun) < 60_000) await wait(2);
  const ms = msSince(begun);
  return {
    'log of 200 MiB by cat, rotating at 50 MB': { unit: 'MiB/s', value: sizeMiB / (ms / 1000) },
    '… daemon CPU': { unit: 'ms/MiB', value: (daemon.cpuSeconds() * 1000) / sizeMiB },
    '… bytes lost': { unit: 'B', value: sizeMiB * MiB - loggedBytes(daemon.folder) },
  };
}

export async function lines(subject: Subject): Promise<Figures> {
  const writer = `${process.execPath} ${join(root, 'test/programs/lines.mjs')}`;
  const count = 50_000;
  const programs = `[program:lines]\ncommand=${writer} ${count} 10000\nautorestart=false\nstartsecs=0\nstdout_logfile=%FOLDER%/out.log\n`;
  await using daemon = new Daemon(subject, programs);
  while (loggedBytes(daemon.folder) === 0) await wait(1);
  const cpu = daemon.cpuSeconds();
  const wakeups = voluntarySwitches(daemon.pid);
  const begun = process.hrtime.bigint();
  while (loggedBytes(daemon.folder) < count * 100 && msSince(begun) < 60_000) await wait(20);
  return {
    '10,000 lines/s: CPU per 1000 lines': { unit: 'ms', value: ((daemon.cpuSeconds() - cpu) * 1000) / (count / 1000) },
    '… wakeups per second': { unit: '/s', value: (voluntarySwitches(daemon.pid) - wakeups) / (msSince(begun) / 1000) },
  };
}

function withBigFile(conf: string, folder: string, sizeMiB: number): string {
  const file = openSync(join(folder, 'big'), 'w');
  const block = Buffer.alloc(MiB, 'the quick brown fox jumps over the lazy dog\n');
  for (let i = 0; i < sizeMiB; i++) writeSync(file, block);
  closeSync(file);
  return conf;
}

function loggedBytes(folder: string): number {
  return readdirSync(folder)
    .filter((name) => name.startsWith('out.log'))
    .reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
