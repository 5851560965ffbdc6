/**
 * What the FIFOs of a run are called, `LABEL.STREAM.NUMBER`: so that whoever looks into their folder, the next agent too,
 * sees whose they are.
 */
import { createHash } from 'node:crypto';
import { formatNamespec, type ProcessName } from '@fleetvisor/config';

/** A file name has 255 bytes, and stream and number follow. */
const NAME_CHARS_MAX = 180;

/** `web%3Aapi.7`: process group, name and run. The same for no other run. */
export function runLabel({ spec, run }: { readonly spec: ProcessName; readonly run: number }): string {
  const name = encodeURIComponent(`${spec.group}:${spec.name}`);
  return `${name.length <= NAME_CHARS_MAX ? name : shortened(name)}.${run}`;
}

/** Of the file name of a FIFO; empty for one that is nobody's yet. */
export function runLabelOf(fileName: string): string {
  return FIFO.test(fileName) ? fileName.replace(FIFO, '') : '';
}

/** What can be read of a label: the process as `group:name`, or short when they are equal, and the run. */
export function readRunLabel(label: string): { readonly name: string; readonly run: number } {
  const dot = label.lastIndexOf('.');
  const run = Number(label.slice(dot + 1));
  const encoded = label.slice(0, dot);
  try {
    const [group = '', name = group] = decodeURIComponent(encoded).split(':');
    return { name: formatNamespec({ group, name }), run };
  } catch {
    return { name: encoded, run }; // cut off in the middle of a letter
  }
}

const FIFO = /\.(stdin|stdout|stderr)\.\d+$/;

function shortened(name: string): string {
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.slice(0, NAME_CHARS_MAX - mark.length - 1)}~${mark}`;
}
