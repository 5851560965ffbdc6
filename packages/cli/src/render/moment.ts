/** Points in time for people, in the zone they live in. */

/** `2026-11-21 02:23:33`; `-` for none. Costs 20 ms at first use: not on the way of every command. */
export function momentFormatter(timeZone: string | undefined): (moment: Date | undefined) => string {
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (moment) => (moment === undefined ? '-' : format.format(moment));
}
