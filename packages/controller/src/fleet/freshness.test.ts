import { type Instant, instant } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import {
  awaited,
  type Contact,
  heard,
  isLeaseOver,
  nextChangeAt,
  presenceOf,
  rhythmFor,
  saidGoodbye,
  silentForUs,
  streamEnded,
} from './freshness.ts';
import type { Presence } from './host-view.ts';

const s = (seconds: number): Instant => instant(seconds * 1_000_000);
const rhythm = { heartbeatMs: 20_000, leaseMs: 60_000, reconnectSpreadMs: 3_000 };
const connected: Contact = { kind: 'connected', session: 1n, lastHeard: s(100), rhythm };

describe('rhythmFor', () => {
  it.each([
    [3, 0.5, 15_000, 47_500, 5],
    [3, 0, 12_000, 40_000, 5],
    [3, 0.999_999, 18_000, 55_000, 5],
    [10_000, 0.5, 50_000, 135_000, 16_667],
    [100_000, 0.5, 500_000, 1_260_000, 20_000],
  ])('%d hosts, chance %d', (hosts, chance, heartbeatMs, leaseMs, reconnectSpreadMs) => {
    expect(rhythmFor(hosts, chance)).toEqual({ heartbeatMs, leaseMs, reconnectSpreadMs });
  });
});

describe('presence', () => {
  const broken = streamEnded(connected, s(110));
  const lateBroken = streamEnded(connected, s(159));
  const gone = saidGoodbye(connected, { why: 'stop', expectedBackMs: 0 }, s(110));
  const rebooting = saidGoodbye(connected, { why: 'reboot', expectedBackMs: 30_000 }, s(110));
  const upgrading = saidGoodbye(connected, { why: 'upgrade', expectedBackMs: 4_000 }, s(110));
  const lateUpgrading = saidGoodbye(connected, { why: 'upgrade', expectedBackMs: 100_000 }, s(110));
  const cases: [string, Contact, number, Presence, boolean][] = [
    ['just heard', connected, 100, 'online', false],
    ['within one and a half intervals', connected, 129.9, 'online', false],
    ['silent for longer', connected, 130, 'suspect', false],
    ['up to the end of the lease', connected, 159.9, 'suspect', false],
    ['at the end of the lease', connected, 160, 'disconnected', true],
    ['a quarter of an hour later', connected, 1_060, 'lost', true],
    ['just before', connected, 1_059.9, 'disconnected', true],
    ['its stream ended', broken, 110, 'suspect', false],
    ['it has not dialled again in time', broken, 118, 'disconnected', true],
    ['a stream that ends never makes a lease longer', lateBroken, 160, 'disconnected', true],
    ['it said goodbye', gone, 110, 'planned-offline', true],
    ['however long ago', gone, 100_000, 'planned-offline', true],
    ['it said when it would be back', rebooting, 139.9, 'planned-offline', false],
    ['it is late', rebooting, 140, 'planned-offline', true],
    ['it replaces itself', upgrading, 118.9, 'upgrading', false],
    ['it has not come back', upgrading, 119, 'disconnected', true],
    ['and is not seen again', upgrading, 1_019, 'lost', true],
    ['a goodbye never makes a lease longer', lateUpgrading, 160, 'disconnected', true],
    ['the controller has started', awaited(s(0), 10), 94, 'suspect', false],
    ['the controller has waited long enough', awaited(s(0), 10), 95, 'disconnected', true],
  ];
  it.each(cases)('%s', (_name, contact, at, presence, isOver) => {
    expect(presenceOf(contact, s(at))).toBe(presence);
    expect(isLeaseOver(contact, s(at))).toBe(isOver);
  });

  it('changes by itself only at the instants that are told', () => {
    for (const contact of [connected, broken, gone, rebooting, upgrading, awaited(s(100), 3)]) {
      let now = s(100);
      for (let at = nextChangeAt(contact, now); at !== undefined; at = nextChangeAt(contact, now)) {
        const before = [presenceOf(contact, now), isLeaseOver(contact, now)];
        expect([presenceOf(contact, instant(at - 1)), isLeaseOver(contact, instant(at - 1))]).toEqual(before);
        expect([presenceOf(contact, at), isLeaseOver(contact, at)]).not.toEqual(before);
        now = at;
      }
      expect(presenceOf(contact, s(1_000_000))).toBe(presenceOf(contact, now));
    }
  });
});

describe('heard', () => {
  it('never moves back', () => {
    expect(heard(connected, s(90))).toBe(connected);
    expect(heard(connected, s(120))).toMatchObject({ lastHeard: s(120) });
    expect(silentForUs(heard(connected, s(120)), s(125))).toBe(5_000_000n);
    expect(silentForUs(awaited(s(0), 1), s(125))).toBeUndefined();
  });

  it('is nothing to a host that is not connected', () => {
    const broken = streamEnded(connected, s(110));
    expect(heard(broken, s(111))).toBe(broken);
    expect(saidGoodbye(broken, { why: 'stop', expectedBackMs: 0 }, s(111))).toBe(broken);
    expect(streamEnded(broken, s(111))).toBe(broken);
  });
});
