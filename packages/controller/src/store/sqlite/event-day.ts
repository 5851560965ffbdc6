/** Days of events: UTC, as the number YYYYMMDD, which sorts and names a table. Pure. */

/** The day in which a time (Unix microseconds) lies. */
export function eventDay(us: bigint): number {
  const text = new Date(Number(us / 1000n)).toISOString();
  return Number(text.slice(0, 4) + text.slice(5, 7) + text.slice(8, 10));
}

export function eventTable(day: number): string {
  return `events_${String(day).padStart(8, '0')}`;
}

/**
 * The tables of one day. The unique key makes an event exist once, and serves the newest of a host as well: within one
 * source positions grow with seq (`event_sources.in_order` says so), and a second index of every row costs two thirds
 * more CPU for each event. Transitions are the bulk and dense enough to be found by scanning; the index of kinds holds the rest.
 */
export function createEventTable(day: number): readonly string[] {
  const table = eventTable(day);
  return [
    `create table ${table} (
  position integer primary key,
  source integer not null references event_sources (source),
  seq integer not null,
  at_us integer not null,
  received_at_us integer not null,
  host text not null,
  kind text not null,
  process_group text not null,
  process text not null,
  body blob not null,
  unique (source, seq)
) strict`,
    `create index ${table}_by_kind on ${table} (kind) where kind <> 'transition'`,
  ];
}
