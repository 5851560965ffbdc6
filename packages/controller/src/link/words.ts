/** The enumerations of `link.proto` and the domain's words for them; each table is checked to be complete. */
import { GoodbyeReason, RejectCode } from '@fleetvisor/protocol/link';
import type { GoodbyeReason as GoodbyeWord } from '../fleet/freshness.ts';

export const goodbyes = {
  stop: GoodbyeReason.STOP,
  upgrade: GoodbyeReason.UPGRADE,
  reboot: GoodbyeReason.REBOOT,
} as const satisfies Record<GoodbyeWord, GoodbyeReason>;

export type RefusalCode =
  | 'name-taken'
  | 'protocol'
  | 'overloaded'
  | 'invalid-hello'
  | 'identity-conflict'
  | 'wrong-fleet'
  | 'shutting-down'
  | 'unavailable';

export const refusals = {
  'name-taken': RejectCode.NAME_TAKEN,
  protocol: RejectCode.PROTOCOL,
  overloaded: RejectCode.OVERLOADED,
  'invalid-hello': RejectCode.INVALID_HELLO,
  'identity-conflict': RejectCode.IDENTITY_CONFLICT,
  'wrong-fleet': RejectCode.WRONG_FLEET,
  'shutting-down': RejectCode.SHUTTING_DOWN,
  unavailable: RejectCode.UNAVAILABLE,
} as const satisfies Record<RefusalCode, RejectCode>;
