/** Where the disks of a simulated world are: in memory where the machine has such a place, for nothing of them is to stay. */
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';

const memory = '/dev/shm';

export function diskFolder(): string {
  try {
    accessSync(memory, constants.W_OK);
    return memory;
  } catch {
    return tmpdir();
  }
}
