/** A program for the kill test: appends events one batch after another and prints each number once it is acknowledged. */
import { systemClock, systemRandom } from '@fleetvisor/primitives';
import { event, source } from '../../contract/samples.ts';
import { openSqliteStore } from '../open-store.ts';

const [folder = '', ...rest] = process.argv.slice(2);
if (rest.length > 0) throw new Error('one argument: the folder');
await using store = await openSqliteStore({ folder, clock: systemClock, random: systemRandom, gatherMs: 0 });
let next = (await store.events.ackedSeq('id-of-web1', 'epoch-1')) + 1n;
for (;;) {
  // The first two are resends, as after a reconnect.
  const first = next > 2n ? next - 2n : 1n;
  const batch = Array.from({ length: 5 }, (_, i) => event(first + BigInt(i)));
  const { ackedSeq } = await store.events.append(source('web1'), batch, systemClock.wallTimeUs());
  process.stdout.write(`${ackedSeq}\n`);
  next = ackedSeq + 1n;
}
