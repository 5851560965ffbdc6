/** Output of programs in the daemon's own log, as Supervisor has it there at level debug and below. Pure. */
import { pythonRepr } from '@fleetvisor/config';
import { bytesLiteral, textOrLiteral } from './bytes-literal.ts';

/** Of a stream of a program, chunk by chunk. */
export function outputLine(name: string, channel: 'stdout' | 'stderr', chunk: Uint8Array): string {
  return `${pythonRepr(name)} ${channel} output:\n${textOrLiteral(chunk)}`;
}

/** Of the stdout of an event listener: it speaks a protocol, of which each byte counts. */
export function listenerLine(name: string, chunk: Uint8Array): string {
  return `${pythonRepr(name)} stdout output:\n${bytesLiteral(chunk)}`;
}

/** A message of capture mode has become an event. */
export function capturedLine(name: string, channel: 'stdout' | 'stderr'): string {
  return `${pythonRepr(name)} ${channel} emitted a comm event`;
}
