/** The types of Supervisor's events and how they are related. Knows nothing of what an event tells. */
import type { StateName } from '../../supervision/status.ts';

export const TICK_PERIODS_S = [5, 60, 3600] as const;

export type TickPeriod = (typeof TICK_PERIODS_S)[number];

/** What an event can be; what else `events=` may name (`EVENT`, `PROCESS_STATE`, ...) stands for several of these. */
export type EventType =
  | `PROCESS_STATE_${StateName}`
  | `PROCESS_LOG_${'STDOUT' | 'STDERR'}`
  | `PROCESS_COMMUNICATION_${'STDOUT' | 'STDERR'}`
  | 'REMOTE_COMMUNICATION'
  | `SUPERVISOR_STATE_CHANGE_${'RUNNING' | 'STOPPING'}`
  | `PROCESS_GROUP_${'ADDED' | 'REMOVED'}`
  | `TICK_${TickPeriod}`;

const EVERY_TYPE = {
  PROCESS_STATE_STARTING: true,
  PROCESS_STATE_BACKOFF: true,
  PROCESS_STATE_RUNNING: true,
  PROCESS_STATE_EXITED: true,
  PROCESS_STATE_STOPPING: true,
  PROCESS_STATE_STOPPED: true,
  PROCESS_STATE_FATAL: true,
  PROCESS_STATE_UNKNOWN: true,
  PROCESS_LOG_STDOUT: true,
  PROCESS_LOG_STDERR: true,
  PROCESS_COMMUNICATION_STDOUT: true,
  PROCESS_COMMUNICATION_STDERR: true,
  REMOTE_COMMUNICATION: true,
  SUPERVISOR_STATE_CHANGE_RUNNING: true,
  SUPERVISOR_STATE_CHANGE_STOPPING: true,
  PROCESS_GROUP_ADDED: true,
  PROCESS_GROUP_REMOVED: true,
  TICK_5: true,
  TICK_60: true,
  TICK_3600: true,
} as const satisfies Record<EventType, true>;

// Object.keys forgets that the keys are those of the literal.
export const eventTypes = Object.keys(EVERY_TYPE) as readonly EventType[];

/**
 * Whether a pool that names `subscription` in its `events=` gets events of this type. In Supervisor's tree every type is
 * named after its parent, so a name covers itself and all that go on after it.
 */
export function covers(subscription: string, type: EventType): boolean {
  return subscription === 'EVENT' || subscription === type || type.startsWith(`${subscription}_`);
}
