/** Every checker there is. */
import { acknowledgedIsStored } from './acknowledged-is-stored.ts';
import type { MakeChecker } from './checker.ts';
import { commandsSettleOnce } from './commands-settle-once.ts';
import { desiredState } from './desired-state.ts';
import { diaryIsTold } from './diary-is-told.ts';
import { layersStayApart } from './layers-stay-apart.ts';
import { nothingLostOrDoubled } from './nothing-lost-or-doubled.ts';
import { orderIsKept } from './order-is-kept.ts';
import { queuesAreBounded } from './queues-are-bounded.ts';
import { runsOnce } from './runs-once.ts';
import { statusIsTrue } from './status-is-true.ts';

export const allCheckers: readonly MakeChecker[] = [
  acknowledgedIsStored,
  nothingLostOrDoubled,
  orderIsKept,
  diaryIsTold,
  runsOnce,
  statusIsTrue,
  desiredState,
  layersStayApart,
  commandsSettleOnce,
  queuesAreBounded,
];
