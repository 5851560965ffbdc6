/** Answers of a small fleet: web1 and web2 in host group web, db1 away in host group db. */
import {
  Host,
  HostPresence,
  type ListCrashesResponse,
  ListProcessesResponse,
  RunCommandResponse,
  StoredEvent,
} from '@fleetvisor/protocol/api';
import {
  ConfigPhase,
  type DeepPartial,
  Layer,
  LogStream,
  Outcome,
  ProcessState,
  ProcessStatus,
} from '@fleetvisor/protocol/common';

/** 2026-11-21 02:20:00 UTC. */
export const momentUs = 1_795_227_600_000_000n;
const secondUs = 1_000_000n;

export const web1 = Host.fromPartial({
  hostId: '01a-web1',
  name: 'web1',
  hostGroups: ['web'],
  labels: { region: 'eu', tier: '1' },
  presence: HostPresence.ONLINE,
  lastSeenUs: momentUs,
  firstSeenUs: momentUs - 3600n * secondUs,
  agentVersion: '0.1.0',
  hostname: 'web1.example',
  os: 'Debian 12',
  address: '10.0.0.1',
  clockSkewUs: 1_500n * 1_000n,
  clockRoundTripUs: 800n,
  desired: { incarnation: 'inc', generation: 3n, hash: 'aa' },
  running: { incarnation: 'inc', generation: 3n, hash: 'aa' },
  files: [{ file: 'web.conf', revision: 2n }],
  processCount: 3,
  runningCount: 2,
  silentForUs: 2n * secondUs,
});

export const web2 = Host.fromPartial({
  ...web1,
  hostId: '01a-web2',
  name: 'web2',
  labels: { region: 'us' },
  presence: HostPresence.SUSPECT,
  running: { incarnation: 'inc', generation: 2n, hash: 'bb' },
  lastAttempt: { incarnation: 'inc', generation: 3n, hash: 'aa' },
  lastAttemptPhase: ConfigPhase.REJECTED,
  lastAttemptProblems: [
    { file: 'web.conf', line: 12, section: 'program:cat', option: 'user', message: "Invalid user name 'joe'" },
  ],
  silentForUs: 20n * secondUs,
  rolloutPending: true,
  clockSkewUs: -7_250n * 1_000n,
  clockOff: true,
});

export const db1 = Host.fromPartial({
  ...web1,
  hostId: '01a-db1',
  name: 'db1',
  hostGroups: ['db'],
  presence: HostPresence.DISCONNECTED,
  silentForUs: 125n * secondUs,
  runningCount: 0,
  processesUnknown: true,
  rival: { address: '10.0.0.9', hostId: '01a-db1', atUs: momentUs },
});

export function running(group: string, name: string, pid: number, uptimeS: number): ProcessStatus {
  return ProcessStatus.fromPartial({
    process: { group, name },
    state: ProcessState.RUNNING,
    layer: Layer.LOCAL,
    run: 1n,
    pid,
    startedAtUs: momentUs,
    uptimeUs: BigInt(uptimeS) * secondUs,
    description: `pid ${pid}, uptime 0:00:00`,
    stdoutLogfile: `/var/log/${name}.log`,
  });
}

export function resting(group: string, name: string, state: ProcessState, description: string): ProcessStatus {
  return ProcessStatus.fromPartial({
    process: { group, name },
    state,
    layer: Layer.FLEET,
    run: 4n,
    stoppedAtUs: momentUs,
    description,
    lastExit: { how: { $case: 'code', value: 3 } },
    crashCount: 4n,
  });
}

export function listing(host: Host, processes: ProcessStatus[], more: DeepPartial<ListProcessesResponse> = {}) {
  return ListProcessesResponse.fromPartial({ host, processes, ageUs: host.silentForUs, ...more });
}

export function unmatched(...targets: string[]): ListProcessesResponse {
  return ListProcessesResponse.fromPartial({ unmatchedTargets: targets });
}

export const wholeFleet: readonly ListProcessesResponse[] = [
  listing(db1, [resting('postgres', 'postgres', ProcessState.UNKNOWN, '')], {
    lastKnown: [running('postgres', 'postgres', 9, 60)],
  }),
  listing(web1, [
    running('foo', 'baz', 12, 3_723),
    running('cat', 'cat', 123, 62),
    resting('foo', 'bar', ProcessState.FATAL, 'Exited too quickly (process log may have details)'),
  ]),
  listing(web2, [running('cat', 'cat', 7, 200_000)]),
];

/** Only processes that run, on hosts that are there. */
export const healthyFleet: readonly ListProcessesResponse[] = [
  listing(web1, [running('cat', 'cat', 123, 62)]),
  listing(Host.fromPartial({ ...web2, presence: HostPresence.ONLINE, rolloutPending: false }), [
    running('cat', 'cat', 7, 5),
  ]),
];

interface ResultOf {
  readonly group?: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly message: string;
}

/** What a host says of each target; the worst of them is what it says of itself. */
export function report(host: string, results: readonly ResultOf[], more: DeepPartial<RunCommandResponse> = {}) {
  return RunCommandResponse.fromPartial({
    commandId: '01b-command',
    hostId: `01a-${host}`,
    host,
    outcome: results.find(({ outcome }) => outcome !== Outcome.OK)?.outcome ?? Outcome.OK,
    results: results.map(({ group, name, outcome, message }) => ({
      target: outcome === Outcome.NO_MATCH ? name : `${group ?? name}:${name}`,
      process: outcome === Outcome.NO_MATCH ? undefined : { group: group ?? name, name },
      outcome,
      message,
    })),
    ...more,
  });
}

export function offline(host: string): RunCommandResponse {
  return RunCommandResponse.fromPartial({ commandId: '01b-command', host, outcome: Outcome.HOST_OFFLINE });
}

export function event(position: number, host: string, kind: DeepPartial<StoredEvent['body']>): StoredEvent {
  const atUs = momentUs + BigInt(position) * secondUs;
  return StoredEvent.fromPartial({
    position: BigInt(position),
    hostId: host === '' ? '' : `01a-${host}`,
    host,
    epoch: '01c-epoch',
    seq: BigInt(position),
    atUs,
    receivedAtUs: atUs,
    body: kind,
  });
}

export const crashes: ListCrashesResponse = {
  crashes: [
    event(13, 'web2', {
      kind: {
        $case: 'crashRepeat',
        value: {
          process: { group: 'cat', name: 'cat' },
          count: 120n,
          firstAtUs: momentUs,
          lastAtUs: momentUs,
          lastExit: { how: { $case: 'code', value: 1 } },
        },
      },
    }),
    event(12, 'web1', {
      kind: {
        $case: 'crash',
        value: {
          process: { group: 'foo', name: 'bar' },
          run: 4n,
          fatal: true,
          spawnError: "can't find command '/no/such'",
        },
      },
    }),
    event(11, 'web1', {
      kind: {
        $case: 'crash',
        value: {
          process: { group: 'cat', name: 'cat' },
          run: 2n,
          pid: 44,
          exit: { how: { $case: 'code', value: 3 } },
          ranForUs: 250_000n,
          lastOutput: Buffer.from(''),
        },
      },
    }),
    event(10, 'web1', {
      kind: {
        $case: 'crash',
        value: {
          process: { group: 'cat', name: 'cat' },
          run: 1n,
          pid: 43,
          exit: { how: { $case: 'signal', value: 9 } },
          startedAtUs: momentUs,
          ranForUs: 62n * secondUs,
          lastOutput: Buffer.from('Traceback:\n  \u001b]0;owned\u0007out of luck\n'),
          lastOutputStream: LogStream.STDERR,
        },
      },
    }),
  ],
};
