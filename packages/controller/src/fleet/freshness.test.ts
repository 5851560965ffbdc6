import { type Instant, instant } from '@fleetvisor/primitives';
import { describe, expect, it } from 'vitest';
import {
  arrived,
  awaited,
  type Contact,
  heard,
  isKnown,
  isLeaseOver,
  livedAt,
  nextChangeAt,
  presenceOf,
  proven,
  rhythmFor,
  saidGoodbye,
  silentForUs,
  streamEnded,
  toldIn,
} from './freshness.ts';
import type { Presence } from './host-view.ts';

const s = (seconds: number): Instant => instant(seconds * 1_000_000);
const rhythm = { heartbeatMs: 20_000, leaseMs: 60_000, reconnectSpreadMs: 3_000 };
const connected = proven(arrived(1n, s(100), rhythm), s(100));

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
    const late = proven(heard(arrived(1n, s(100), rhythm), s(120)), s(95));
    const contacts = [connected, late, broken, streamEnded(late, s(121)), gone, rebooting, upgrading];
    const looksOf = (contact: Contact, at: Instant) => {
      return [presenceOf(contact, at), isLeaseOver(contact, at), isKnown(contact, at)];
    };
    for (const contact of [...contacts, arrived(1n, s(100), rhythm), awaited(s(100), 3)]) {
      let now = s(100);
      for (let at = nextChangeAt(contact, now); at !== undefined; at = nextChangeAt(contact, now)) {
        const before = looksOf(contact, now);
        expect(looksOf(contact, instant(at - 1))).toEqual(before);
        expect(looksOf(contact, at)).not.toEqual(before);
        now = at;
      }
      expect(presenceOf(contact, s(1_000_000))).toBe(presenceOf(contact, now));
    }
  });
});

describe('what was told of processes', () => {
  const hello = arrived(1n, s(100), rhythm);
  const upgraded = saidGoodbye(connected, { why: 'upgrade', expectedBackMs: 4_000 }, s(110));
  const cases: [string, Contact, number | undefined][] = [
    ['nothing, before anybody has told anything', awaited(s(0), 10), undefined],
    ['for a beat, while no stamp has come back', hello, 120],
    ['whatever else comes', heard(hello, s(115)), 120],
    ['for a lease from when the host lived for certain', proven(hello, s(99)), 159],
    ['also where that is longer ago than Hello', proven(hello, s(70)), 130],
    ['and from the newest such instant', proven(proven(hello, s(103)), s(101)), 163],
    ['not from when it was heard', heard(proven(hello, s(101)), s(125)), 161],
    ['until it is not expected back any more', streamEnded(connected, s(110)), 118],
    ['never for longer than when it was connected', streamEnded(proven(hello, s(99)), s(158)), 159],
    ['on while it replaces itself', upgraded, 119],
    ['no more once it has said goodbye', saidGoodbye(connected, { why: 'stop', expectedBackMs: 0 }, s(110)), 110],
  ];
  it.each(cases)('counts: %s', (_name, contact, until) => {
    expect(toldIn(contact)?.until).toBe(until && s(until));
    if (until === undefined) return expect(isKnown(contact, s(0))).toBe(false);
    expect(isKnown(contact, instant(s(until) - 1))).toBe(true);
    expect(isKnown(contact, s(until))).toBe(false);
  });

  it('is of the instant at which the host lived for certain', () => {
    expect(toldIn(hello)?.asOf).toBe(s(100));
    expect(toldIn(proven(hello, s(99)))?.asOf).toBe(s(99));
    expect(toldIn(streamEnded(proven(hello, s(99)), s(110)))?.asOf).toBe(s(99));
  });

  const beat = { stamp: 100_000_000n, heldUs: 5_000_000n, engineAgeMs: 0 };
  it.each([
    ['when its heartbeat was sent at the earliest', beat, 130, 105],
    ['less what its engine had been silent for', { ...beat, engineAgeMs: 3_000 }, 130, 102],
    ['never later than now', beat, 104, 104],
  ])('proves that it lived %s', (_name, returned, now, expected) => {
    expect(livedAt(returned, s(now))).toBe(s(expected));
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
