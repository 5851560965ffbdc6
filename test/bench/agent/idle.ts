/** What 200 programs cost that do nothing. */
import { setTimeout as wait } from 'node:timers/promises';
import { anonymousBytes, pssBytes, rssBytes, voluntarySwitches } from '../../support/proc.ts';
import { Daemon, msSince, type Subject } from '../subject.ts';
import { type Figures, MiB, sleepers } from './measure.ts';

export async function idle(subject: Subject): Promise<Figures> {
  await using daemon = new Daemon(subject, sleepers(200));
  await daemon.untilChildren(200);
  await wait(6000);
  const cpu = daemon.cpuSeconds();
  const wakeups = voluntarySwitches(daemon.pid);
  const begun = process.hrtime.bigint();
  await wait(10_000);
  const seconds = msSince(begun) / 1000;
  return {
    'idle with 200 programs: CPU per 30 s': { unit: 's', value: ((daemon.cpuSeconds() - cpu) / seconds) * 30 },
    '… wakeups per second': { unit: '/s', value: (voluntarySwitches(daemon.pid) - wakeups) / seconds },
    '… RSS': { unit: 'MiB', value: rssBytes(daemon.pid) / MiB },
    '… PSS': { unit: 'MiB', value: pssBytes(daemon.pid) / MiB },
    '… anonymous': { unit: 'MiB', value: anonymousBytes(daemon.pid) / MiB },
  };
}
