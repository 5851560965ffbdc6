/** A store, or a part of one, on a disk that is full for a while. */
import { FleetError } from '@fleetvisor/primitives';

export const diskFull = new FleetError('unavailable', 'cannot write /data/controller.db: the disk is full');

/** Makes one method of a port fail this often. @returns lets it work again at once */
export function failing<Port extends object, Name extends keyof Port>(
  port: Port,
  name: Name,
  times = Number.POSITIVE_INFINITY,
): () => void {
  const real = port[name];
  if (typeof real !== 'function') throw new Error(`${String(name)} is no method`);
  let left = times;
  const method = (...args: unknown[]) => (left-- > 0 ? Promise.reject(diskFull) : real.apply(port, args));
  Object.defineProperty(port, name, { value: method });
  return () => {
    left = 0;
  };
}
