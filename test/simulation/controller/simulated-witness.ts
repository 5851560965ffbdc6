/** The witness beside the controller's database, on a disk that takes a moment. */
import type { Random } from '@fleetvisor/primitives';
import type { FoundWitness, WitnessFile } from '../../../packages/controller/src/store/sqlite/witness.ts';
import { between } from '../engine/chance.ts';
import type { Life } from '../engine/life.ts';

/** What lies there; undefined when there is none. */
export interface WitnessOnDisk {
  found: FoundWitness | undefined;
}

export function simulatedWitness(life: Life, disk: WitnessOnDisk, random: Random): WitnessFile {
  let inodes = 1;
  const later = <T>(run: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      life.after(between(random, 0.1, 8), () => {
        try {
          resolve(life.act(run));
        } catch (error) {
          reject(error);
        }
      });
    });
  return {
    path: 'incarnation-witness',
    read: () => later(() => disk.found),
    write: (said) =>
      later(() => {
        const inode = String(++inodes);
        disk.found = { witness: { ...said, inode }, inode };
      }),
    remove: () =>
      later(() => {
        disk.found = undefined;
      }),
  };
}
