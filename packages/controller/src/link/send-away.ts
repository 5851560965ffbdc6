/**
 * Ends all sessions in order, as a controller does that is about to end: each host is told to dial again, a few after the
 * others, so that neither their leaving nor their return is one stampede.
 */
import { type Clock, sleep } from '@fleetvisor/primitives';
import type { OpenSession, SessionRegistry } from './registry.ts';

const waveMs = 100;
/** Sixty hosts leave in one wave, 600 in a second; of a larger fleet more, for whoever asked for the end waits for it. */
const wavesMax = 80;
const hostsPerWaveMin = 60;
/** What a host gets to take in what it was told. */
const graceMs = 1_000;

/** Resolves when all have left, or those that are left do not listen. */
export async function sendAway(sessions: SessionRegistry, reason: string, clock: Clock): Promise<void> {
  const all = sessions.all();
  const perWave = Math.max(hostsPerWaveMin, Math.ceil(all.length / wavesMax));
  const waves = Array.from({ length: Math.ceil(all.length / perWave) }, (_, i) => {
    return all.slice(i * perWave, (i + 1) * perWave);
  });
  for (const [i, wave] of waves.entries()) {
    if (i > 0) await sleep(clock, waveMs);
    const leftMs = (waves.length - 1 - i) * waveMs;
    for (const session of wave) session.sendAway(reason, leftMs);
  }
  await allEnded(all, clock);
}

async function allEnded(all: readonly OpenSession[], clock: Clock): Promise<void> {
  const over = new AbortController();
  const late = sleep(clock, graceMs, over.signal).catch(() => {}); // aborted once they have ended
  await Promise.race([Promise.all(all.map(({ ended }) => ended)), late]);
  over.abort();
}
