/** Who this store is: the fleet it belongs to, its incarnation, and the witness that goes along with it. */
import { after, type Clock, FleetError, folderFailure, type Random, type Timer, uuidv7 } from '@fleetvisor/primitives';
import type { Kysely } from 'kysely';
import type { PreviousEnd } from '../store.ts';
import type { Schema } from './schema.ts';
import { isSameLife, type WitnessFile } from './witness.ts';

const renewalMs = 60_000;
/** A restored store goes on well beyond any position that was given away after the backup. */
const positionLeap = 1_000_000_000n;

export interface IdentityOptions {
  readonly db: Kysely<Schema>;
  readonly witness: WitnessFile;
  readonly clock: Clock;
  readonly random: Random;
}

export class Identity implements AsyncDisposable {
  readonly fleetId: string;
  readonly incarnation: string;
  readonly previousEnd: PreviousEnd;
  readonly #options: IdentityOptions;
  #count: bigint;
  #timer: Timer | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #wasSetBack = false;

  private constructor(
    options: IdentityOptions,
    who: Pick<Identity, 'fleetId' | 'incarnation' | 'previousEnd'>,
    count: bigint,
  ) {
    this.#options = options;
    this.fleetId = who.fleetId;
    this.incarnation = who.incarnation;
    this.previousEnd = who.previousEnd;
    this.#count = count;
  }

  /** Reads who the store is; a new one gets its ids, a restored one another incarnation. */
  static async open(options: IdentityOptions): Promise<Identity> {
    const { db, witness, clock, random } = options;
    const makeId = () => uuidv7(clock.wallTimeUs(), random);
    const known = await db.selectFrom('store_identity').selectAll().executeTakeFirst();
    const fleetId = known?.fleet_id ?? makeId();
    const count = known?.witness_count ?? 0n;
    let incarnation = known?.incarnation ?? makeId();
    if (known === undefined) {
      await db.insertInto('store_identity').values({ fleet_id: fleetId, incarnation, witness_count: count }).execute();
    } else if (!isSameLife({ incarnation, count }, await witness.read())) {
      incarnation = makeId();
      await beginNewLife(db, incarnation);
    }
    const previousEnd = known === undefined ? 'first-start' : known.is_open === 1n ? 'crash' : 'orderly';
    const identity = new Identity(options, { fleetId, incarnation, previousEnd }, count);
    await identity.#renew(true);
    return identity;
  }

  /** Something was written: the witness moves on within a minute. */
  readonly written = (): void => {
    if (this.#timer !== undefined) return;
    const { clock } = this.#options;
    this.#timer = clock.schedule(after(clock.now(), renewalMs), () => {
      this.#timer = undefined;
      // It failed because the disk cannot be written: whoever wrote hears of that, and the next write tries again.
      this.#renewing = this.#renew(true).catch(() => undefined);
    });
  };

  /** The database is not the one that went on: the next opening begins another life. */
  setBack(): void {
    this.#wasSetBack = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    await this.#renewing;
    if (this.#wasSetBack) return this.#options.witness.remove();
    // On a disk that takes nothing the next start finds an end that was not in order, which is the truth.
    await this.#renew(false).catch(() => undefined);
  }

  /** @param isOpen false as the last of all that is written */
  async #renew(isOpen: boolean): Promise<void> {
    const { db, witness } = this.#options;
    const next = this.#count + 1n;
    const write = (isSettled: boolean) =>
      witness.write({ incarnation: this.incarnation, count: next, isSettled }).catch((cause) => {
        throw cannotWrite(witness.path, cause);
      });
    await write(false);
    await db
      .updateTable('store_identity')
      .set({ witness_count: next, is_open: isOpen ? 1n : 0n })
      .execute();
    this.#count = next;
    await write(true);
  }
}

async function beginNewLife(db: Kysely<Schema>, incarnation: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await transaction.updateTable('store_identity').set({ incarnation }).execute();
    const { newest_position } = await transaction.selectFrom('event_counter').selectAll().executeTakeFirstOrThrow();
    const leapt = (newest_position / positionLeap + 1n) * positionLeap;
    await transaction.updateTable('event_counter').set({ newest_position: leapt }).execute();
  });
}

function cannotWrite(path: string, cause: unknown): FleetError {
  const { reason, code } = folderFailure(cause);
  const remedy = 'free space there, or make the folder writable for this user';
  return new FleetError(
    'unavailable',
    `cannot write ${path}: ${reason} (${code}); ${remedy}`,
    { path, code },
    { cause },
  );
}
