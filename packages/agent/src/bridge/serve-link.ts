/** Answers the link: each of its messages goes to the one part of the engine that it concerns. */
import { assertNever } from '@fleetvisor/primitives';
import type { CommandDesk } from './command-desk.ts';
import type { EventFeed } from './event-feed.ts';
import type { LogFeed } from './log-feed.ts';
import type { EngineEnd, LinkMessage, Offer } from './port.ts';
import type { StatusFeed } from './status-feed.ts';

export interface Connected {
  readonly session: bigint;
  readonly fleetId: string;
  readonly incarnation: string;
  readonly ackedSeq: bigint;
}

export interface LinkDoors {
  readonly status: StatusFeed;
  readonly events: EventFeed;
  readonly commands: CommandDesk;
  readonly logs: LogFeed;
  /** A session stands. */
  connected(session: Connected): void;
  disconnected(reason: string, isPermanent: boolean): void;
  acked(epoch: string, upToSeq: bigint): void;
  offered(offer: Offer): void;
  /** Where the spool stands, for the answer to a ping. */
  spool(): { readonly nextSeq: bigint; readonly spoolBytes: number };
}

/** Resolves when the link has gone. */
export async function serveLink(end: EngineEnd, doors: LinkDoors): Promise<void> {
  try {
    for await (const message of end.incoming) dispatch(end, doors, message);
  } finally {
    // Whoever comes next asks for everything anew.
    pause(doors);
  }
}

function pause(doors: LinkDoors): void {
  doors.status.pause();
  doors.events.pause();
  doors.logs.closeAll();
}

function dispatch(end: EngineEnd, doors: LinkDoors, message: LinkMessage): void {
  switch (message.kind) {
    case 'connected':
      return doors.connected(message);
    case 'disconnected':
      pause(doors);
      return doors.disconnected(message.reason, message.isPermanent);
    case 'snapshotWanted':
      return doors.status.snapshotWanted();
    case 'eventsWanted':
      return doors.events.wanted(message);
    case 'acked':
      return doors.acked(message.epoch, message.upToSeq);
    case 'offer':
      return doors.offered(message.offer);
    case 'command':
      return void doors.commands.take(message, message);
    case 'commandCancel':
      return doors.commands.cancel(message.commandId);
    case 'logOpen':
      return doors.logs.open(message);
    case 'logCredit':
      return doors.logs.credit(message.streamId, message.bytes);
    case 'logClose':
      return doors.logs.close(message.streamId);
    case 'ping':
      return end.send({ kind: 'pong', id: message.id, ...doors.spool() });
    default:
      return assertNever(message);
  }
}
