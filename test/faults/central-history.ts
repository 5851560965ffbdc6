/** The whole central history, as REST gives it, and what must hold of it whatever happened. */
import type { TestFleet } from '../support/fleet.ts';

/** As /api/v1/events has it; of `details` what is looked at here. */
export interface CentralEvent {
  readonly position: number;
  readonly host: string | null;
  readonly hostId: string | null;
  readonly epoch: string;
  readonly seq: number;
  readonly kind: string;
  readonly process: string | null;
  readonly details: {
    readonly to?: string;
    readonly run?: string;
    readonly pid?: number;
    readonly count?: string;
    readonly commandId?: string;
    readonly exit?: { readonly code?: number; readonly signal?: number; readonly unknown?: boolean };
  };
}

/** Oldest first. */
export async function readHistory(fleet: TestFleet): Promise<readonly CentralEvent[]> {
  const all: CentralEvent[] = [];
  for (let after = 0; ; ) {
    const answer = await fleet.rest(`events?limit=1000&after=${after}`);
    const { events, next } = answer as { events: CentralEvent[]; next: number }; // the documented shape
    all.push(...events);
    if (events.length < 1000) return all;
    after = next;
  }
}

/** What is wrong with the numbering: of each source every number from 1 on is there once, in the order of positions. */
export function numberingFaults(history: readonly CentralEvent[]): readonly string[] {
  const faults: string[] = [];
  const last = new Map<string, number>();
  let position = 0;
  for (const event of history) {
    const source = `${event.host ?? 'the controller'} (${event.epoch})`;
    const key = `${event.hostId} ${event.epoch}`;
    const expected = (last.get(key) ?? 0) + 1;
    if (event.seq !== expected) faults.push(`${source}: event ${event.seq} (${event.kind}) where ${expected} was due`);
    if (event.position <= position) faults.push(`${source}: position ${event.position} after ${position}`);
    if (event.kind === 'eventsDropped') faults.push(`${source}: events were dropped: ${JSON.stringify(event.details)}`);
    last.set(key, event.seq);
    position = event.position;
  }
  return faults;
}
