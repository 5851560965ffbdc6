/** Which events go first when the spool must drop some: pure, by kind. */
import type { EventBody } from '@fleetvisor/protocol/common';

type Kind = NonNullable<EventBody['kind']>['$case'];

/** Names what was dropped: never dropped itself, only merged with its neighbours. */
export const tombstoneImportance = 9;

/** Low goes first. A crash goes last: its record is what this product is for. */
const importanceByKind = {
  transition: 0,
  groupChanged: 1,
  agentStarted: 2,
  agentStopping: 2,
  agentWentOn: 2,
  controllerStarted: 2,
  hostConnected: 2,
  hostDisconnected: 2,
  rolloutChanged: 2,
  configChanged: 3,
  commandDone: 3,
  crashRepeat: 4,
  identityConflict: 4,
  outputLost: 4,
  crash: 5,
  eventsDropped: tombstoneImportance,
} as const satisfies Record<Kind, number>;

/** @returns 0 for what is dropped first, larger for what is kept longer. */
export function importanceOf(body: EventBody): number {
  return body.kind === undefined ? 0 : importanceByKind[body.kind.$case];
}
