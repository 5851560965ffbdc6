/** Config files and rollouts, to and from the wire. */
import {
  type GetConfigResponse,
  HostTaskState,
  type RolloutProgress,
  RolloutState,
  type ConfigRevision as WireRevision,
  type Selector as WireSelector,
  type ConfigSummary as WireSummary,
} from '@fleetvisor/protocol/api';
import type {
  ConfigContent,
  ConfigRevision,
  ConfigSummary,
  RolloutStep,
  RolloutState as RolloutWord,
  Selector,
  HostTaskState as TaskWord,
} from '../config-file.ts';
import { problemFromWire, resultFromWire } from './command.ts';
import { generationFromWire } from './host.ts';
import { moment, wordOf } from './words.ts';

const taskWords = {
  [HostTaskState.UNRECOGNIZED]: 'unknown',
  [HostTaskState.UNSPECIFIED]: 'unknown',
  [HostTaskState.PENDING]: 'pending',
  [HostTaskState.OFFERED]: 'offered',
  [HostTaskState.ACCEPTED]: 'accepted',
  [HostTaskState.APPLYING]: 'applying',
  [HostTaskState.HEALTHY]: 'healthy',
  [HostTaskState.REJECTED]: 'rejected',
  [HostTaskState.UNHEALTHY]: 'unhealthy',
  [HostTaskState.TIMED_OUT]: 'timed-out',
  [HostTaskState.DEFERRED]: 'deferred',
  [HostTaskState.VANISHED]: 'vanished',
  [HostTaskState.SUPERSEDED]: 'superseded',
} as const satisfies Record<HostTaskState, TaskWord>;

const rolloutWords = {
  [RolloutState.UNRECOGNIZED]: 'unknown',
  [RolloutState.UNSPECIFIED]: 'unknown',
  [RolloutState.RUNNING]: 'running',
  [RolloutState.SUCCEEDED]: 'succeeded',
  [RolloutState.SUCCEEDED_WITH_DEFERRED]: 'succeeded-with-deferred',
  [RolloutState.FAILED]: 'failed',
  [RolloutState.SUPERSEDED]: 'superseded',
} as const satisfies Record<RolloutState, RolloutWord>;

/** undefined for a step of a kind that this fleetctl has not heard of. */
export function stepFromWire(progress: RolloutProgress | undefined): RolloutStep | undefined {
  const step = progress?.step;
  switch (step?.$case) {
    case 'planned': {
      const { rolloutId, revision, targets, offline, unchanged } = step.value;
      return { kind: 'planned', rolloutId, revision: revisionFromWire(revision), targets, offline, unchanged };
    }
    case 'host':
      return {
        kind: 'host',
        hostId: step.value.hostId,
        host: step.value.host,
        state: wordOf<TaskWord>(taskWords, step.value.state, 'unknown'),
        problems: step.value.problems.map(problemFromWire),
        results: step.value.results.map(resultFromWire),
        to: generationFromWire(step.value.to),
      };
    case 'ended': {
      const { rolloutId, state, reason } = step.value;
      return { kind: 'ended', rolloutId, state: wordOf<RolloutWord>(rolloutWords, state, 'unknown'), reason };
    }
    case 'refused':
      return { kind: 'refused', problems: step.value.problems.map(problemFromWire) };
    case undefined:
      return undefined;
  }
}

export function revisionFromWire(revision: WireRevision | undefined): ConfigRevision {
  return {
    file: revision?.file ?? '',
    revision: Number(revision?.revision ?? 0n),
    parent: Number(revision?.parent ?? 0n),
    selector: selectorFromWire(revision?.selector),
    digest: revision?.digest ?? '',
    meaningDigest: revision?.meaningDigest ?? '',
    author: revision?.author ?? '',
    message: revision?.message ?? '',
    createdAt: moment(revision?.createdAtUs ?? 0n),
    stable: revision?.stable ?? false,
  };
}

export function summaryFromWire(summary: WireSummary): ConfigSummary {
  return {
    newest: revisionFromWire(summary.newest),
    stableRevision: Number(summary.stableRevision),
    hostCount: summary.hostCount,
  };
}

export function contentFromWire(answer: GetConfigResponse): ConfigContent {
  return {
    revision: revisionFromWire(answer.revision),
    content: answer.revision?.content ?? new Uint8Array(),
    hosts: answer.hosts,
  };
}

export function selectorToWire(selector: Selector): WireSelector {
  const { hosts, hostGroups, labels, all } = selector;
  return { hosts: [...hosts], hostGroups: [...hostGroups], labels: [...labels], all };
}

function selectorFromWire(selector: WireSelector | undefined): Selector {
  return {
    hosts: selector?.hosts ?? [],
    hostGroups: selector?.hostGroups ?? [],
    labels: selector?.labels ?? [],
    all: selector?.all ?? false,
  };
}
