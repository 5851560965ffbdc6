/** Who this store is: the fleet it belongs to, its incarnation, and the witness that goes along with it. */
import { after, type Clock, type Random, type Timer, uuidv7 } from '@fleetvisor/primitives';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import { isSameLife, readWitness, writeWitness } from './witness.ts';

const renewalMs = 60_000;
/** A restored store goes on well beyond any position that was given away after the backup. */
const positionLeap = 1_000_000_000n;

export interface IdentityOptions {
  readonly db: Kysely<Schema>;
  readonly witnessPath: string;
  readonly clock: Clock;
  readonly random: Random;
}

export class Identity implements AsyncDisposable {
  readonly fleetId: string;
  readonly incarnation: string;
  readonly #options: IdentityOptions;
  #count: bigint;
  #timer: Timer | undefined;
  #renewing: Promise<void> = Promise.resolve();

  private constructor(options: IdentityOptions, fleetId: string, incarnation: string, count: bigint) {
    this.#options = options;
    this.fleetId = fleetId;
    this.incarnation = incarnation;
    this.#count = count;
  }

  /** Reads who the store is; a new one gets its ids, a restored one another incarnation. */
  static async open(options: IdentityOptions): Promise<Identity> {
    const { db, witnessPath, clock, random } = options;
    const makeId = () => uuidv7(clock.wallTimeUs(), random);
    const known = await db.selectFrom('store_identity').selectAll().executeTakeFirst();
    const fleetId = known?.fleet_id ?? makeId();
    const count = known?.witness_count ?? 0n;
    let incarnation = known?.incarnation ?? makeId();
    if (known === undefined) {
      await db.insertInto('store_identity').values({ fleet_id: fleetId, incarnation, witness_count: count }).execute();
    } else if (!isSameLife({ incarnation, count }, await readWitness(witnessPath))) {
      incarnation = makeId();
      await beginNewLife(db, incarnation);
    }
    const identity = new Identity(options, fleetId, incarnation, count);
    await identity.#renew();
    return identity;
  }

  /** Something was written: the witness moves on within a minute. */
  readonly written = (): void => {
    if (this.#timer !== undefined) return;
    const { clock } = this.#options;
    this.#timer = clock.schedule(after(clock.now(), renewalMs), () => {
      this.#timer = undefined;
      // It failed because the disk cannot be written: whoever wrote hears of that, and the next write tries again.
      this.#renewing = this.#renew().catch(() => undefined);
    });
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    await this.#renewing;
    await this.#renew();
  }

  async #renew(): Promise<void> {
    const { db, witnessPath } = this.#options;
    const next = this.#count + 1n;
    await writeWitness(witnessPath, this.incarnation, next);
    await db.updateTable('store_identity').set({ witness_count: next }).execute();
    this.#count = next;
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
