import { EVENT_TYPES } from '@fleetvisor/config';
import { describe, expect, it } from 'vitest';
import { covers, eventTypes } from './event-types.ts';

describe('event types', () => {
  const coveredBy = (subscription: string) => eventTypes.filter((type) => covers(subscription, type));

  it('are all that a config file may name', () => {
    expect(eventTypes.filter((type) => !EVENT_TYPES.includes(type))).toEqual([]);
    expect(EVENT_TYPES.filter((name) => coveredBy(name).length === 0)).toEqual([]);
  });

  it('are covered by the names of their parents', () => {
    expect(coveredBy('EVENT')).toEqual(eventTypes);
    expect(coveredBy('PROCESS_STATE')).toHaveLength(8);
    expect(coveredBy('PROCESS_LOG')).toEqual(['PROCESS_LOG_STDOUT', 'PROCESS_LOG_STDERR']);
    expect(coveredBy('PROCESS_COMMUNICATION')).toHaveLength(2);
    expect(coveredBy('PROCESS_GROUP')).toEqual(['PROCESS_GROUP_ADDED', 'PROCESS_GROUP_REMOVED']);
    expect(coveredBy('SUPERVISOR_STATE_CHANGE')).toHaveLength(2);
    expect(coveredBy('TICK')).toEqual(['TICK_5', 'TICK_60', 'TICK_3600']);
  });

  it('cover nothing but themselves when they have no children', () => {
    for (const type of eventTypes) expect(coveredBy(type)).toEqual([type]);
  });
});
