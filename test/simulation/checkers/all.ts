/** Every checker there is. */
import { acknowledgedIsStored } from './acknowledged-is-stored.ts';
import type { MakeChecker } from './checker.ts';
import { commandsAreToldTruly } from './commands-are-told-truly.ts';
import { commandsSettleOnce } from './commands-settle-once.ts';
import { crashesAreCounted } from './crashes-are-counted.ts';
import { desiredState } from './desired-state.ts';
import { diaryIsTold } from './diary-is-told.ts';
import { exitsAreTrue } from './exits-are-true.ts';
import { layersStayApart } from './layers-stay-apart.ts';
import { nothingLostOrDoubled } from './nothing-lost-or-doubled.ts';
import { orderIsKept } from './order-is-kept.ts';
import { queuesAreBounded } from './queues-are-bounded.ts';
import { runsOnce } from './runs-once.ts';
import { statusIsTrue } from './status-is-true.ts';
import { upgradesGoUnnoticed } from './upgrades-go-unnoticed.ts';

export const allCheckers: readonly MakeChecker[] = [
  acknowledgedIsStored,
  nothingLostOrDoubled,
  orderIsKept,
  diaryIsTold,
  exitsAreTrue,
  crashesAreCounted,
  runsOnce,
  upgradesGoUnnoticed,
  statusIsTrue,
  desiredState,
  layersStayApart,
  commandsSettleOnce,
  commandsAreToldTruly,
  queuesAreBounded,
];
