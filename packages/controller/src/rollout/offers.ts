/** Sends hosts what they are to run. An offer whose files the store cannot read is tried again while it still counts. */
import { type Clock, type Random, uuidv7 } from '@fleetvisor/primitives';
import type { FleetLog } from '../fleet/fleet-log.ts';
import type { HostLinks } from '../fleet/host-links.ts';
import type { LiveFleet } from '../fleet/live.ts';
import { untilDone } from '../fleet/until-done.ts';
import type { Assignment } from '../store/hosts.ts';
import type { Catalogue } from './catalogue.ts';

export interface OffersParts {
  readonly catalogue: Pick<Catalogue, 'offered'>;
  readonly live: LiveFleet;
  readonly links: HostLinks;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: FleetLog;
}

export class Offers implements AsyncDisposable {
  readonly #parts: OffersParts;
  /** By host, the newest: only that one counts. */
  readonly #newest = new Map<string, AbortController>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: OffersParts) {
    this.#parts = parts;
  }

  /**
   * Sends the host its desired state, whole, without waiting for it.
   * @param deadlineUs as in HostMessage
   */
  offer(assignment: Assignment, deadlineUs: bigint): void {
    const { hostId } = assignment;
    this.#newest.get(hostId)?.abort();
    const over = new AbortController();
    this.#newest.set(hostId, over);
    const run = this.#run(assignment, deadlineUs, over.signal)
      .catch(() => {}) // called off
      .finally(() => {
        this.#underWay.delete(run);
        if (this.#newest.get(hostId) === over) this.#newest.delete(hostId);
      });
    this.#underWay.add(run);
  }

  /** Calls off what has not been sent. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const over of this.#newest.values()) over.abort();
    await Promise.all(this.#underWay);
  }

  async #run(assignment: Assignment, deadlineUs: bigint, signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#parts;
    const { hostId, ref } = assignment;
    const facts = { hostId, generation: ref.generation.toString() };
    const onFailure = (err: unknown) =>
      log.error({ err, ...facts }, 'cannot offer a host its desired state; trying again');
    await untilDone({ clock, random, signal, onFailure }, () => this.#send(assignment, deadlineUs, signal));
  }

  async #send(assignment: Assignment, deadlineUs: bigint, signal: AbortSignal): Promise<void> {
    const { catalogue, links, clock, random } = this.#parts;
    const { hostId, ref, rolloutId } = assignment;
    if (!this.#isWanted(assignment, deadlineUs)) return;
    const files = await catalogue.offered(assignment.files);
    // Reading took time: meanwhile the host may have been given a newer state, whose offer must be the last.
    if (signal.aborted || !this.#isWanted(assignment, deadlineUs)) return;
    const nonce = uuidv7(clock.wallTimeUs(), random);
    links.send(hostId, { kind: 'offer', nonce, to: ref, files, rolloutId, deadlineUs });
  }

  /** A host that is away is offered again when it returns. */
  #isWanted({ hostId, ref }: Assignment, deadlineUs: bigint): boolean {
    const { live, clock } = this.#parts;
    if (deadlineUs !== 0n && clock.wallTimeUs() > deadlineUs) return false;
    return live.assignment(hostId)?.ref.generation === ref.generation && live.host(hostId)?.isConnected === true;
  }
}
