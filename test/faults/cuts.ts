/** A link that is cut without a word and a link that is slow, between real programs with an address each; then the reckoning. */
import { until } from '../support/until.ts';
import { commandFaults } from './command-record.ts';
import { FaultyFleet } from './faulty-fleet.ts';
import { Network, whyNoNetem } from './network.ts';

export interface CutReport {
  /** From the cut until fleetctl showed the host's processes as UNKNOWN. */
  readonly unknownAfterMs: number;
  /** From the cut until the agent knew that it had no controller. */
  readonly noticedAfterMs: number;
  /** From a crash on a slow link, on which a log is followed, until the crash was in the central history. */
  readonly slowCrashMs: number;
  /** How fleetctl ended that was to restart a program on the host that was cut off. */
  readonly commandCode: number | null;
  /** Empty: nothing was lost, nothing is there twice, and everything is in order. */
  readonly faults: readonly string[];
}

/** A program that writes more than a slow link carries. */
const chatty = `
[program:chatty]
command=sh -c 'while :; do head -c 100000 /dev/zero | tr "\\\\0" x | fold -w 99; sleep 0.1; done'
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=0
`;
/** Beyond any lease, and what it takes to look. */
const leaseMs = 60_000;
const names = ['h1', 'h2', 'h3'];

/** @param say is told what cannot be done here */
export async function runCuts(say: (line: string) => void): Promise<CutReport> {
  using network = new Network(names);
  await using faulty = await FaultyFleet.start({ hosts: 3, programsPerHost: 2, place: network, conf: chatty });
  const { fleet } = faulty;
  const isKnown = async (pid: number) => {
    const { crashes } = (await fleet.rest('crashes?limit=1000')) as { crashes: { pid: number }[] }; // the documented shape
    return crashes.some((crash) => crash.pid === pid);
  };
  const crash = (host: string) => until(`a program of ${host} runs`, () => faulty.killProgram(host, 'd1'));
  network.slow('h2');
  if (whyNoNetem === '') network.disturb('h3');
  else say(`packets lost and delayed at random: ${whyNoNetem}`);
  const tail = fleet.ctlFollowing('tail', '-f', 'chatty', '--host', 'h2');
  await until('the log is followed', () => tail.stdout().length > 10_000);

  network.cut('h1');
  const sinceCut = stopwatch();
  const missed = await crash('h1');
  const command = fleet.ctl('restart', 'd2', '--host', 'h1', '--timeout', '5s');
  const sinceCrash = stopwatch();
  const slow = await crash('h2');
  await until('the crash on the slow link is known', () => isKnown(slow));
  const slowCrashMs = sinceCrash();
  const disturbed = await crash('h3');
  await until('the crash on the third link is known', () => isKnown(disturbed));
  const { code } = await command;
  const isUnknown = async () =>
    /h1 +d1 +UNKNOWN +last seen/.test((await fleet.ctl('status', '--host', 'h1')).stdout) && sinceCut();
  const hasNoticed = () => /not connected/.test(fleet.program('h1').stdout()) && sinceCut();
  const [unknownAfterMs, noticedAfterMs] = await Promise.all([
    until('the host is shown to be gone', isUnknown, leaseMs),
    until('the agent has noticed as well', hasNoticed, leaseMs),
  ]);

  network.mend('h1');
  await fleet.allOnline(names, 75_000);
  await until('what happened meanwhile is known', () => isKnown(missed));
  tail.kill('SIGINT');
  await tail.ended;
  await faulty.rest();
  const faults = [...(await faulty.lastingFaults()), ...(await commandFaults(fleet))];
  return { unknownAfterMs, noticedAfterMs, slowCrashMs, commandCode: code, faults };
}

function stopwatch(): () => number {
  const begun = process.hrtime.bigint();
  return () => Number(process.hrtime.bigint() - begun) / 1e6;
}
