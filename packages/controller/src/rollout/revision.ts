/** What identifies a revision: digests of its bytes and selector, and of its meaning. Pure. */
import { canonicalText } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import { sha256Hex } from '../fleet/desired-state.ts';
import { canonicalSelector, type Selector } from '../fleet/selector.ts';

/** Sha-256 over the hash of the exact bytes and the selector in its canonical form. */
export function revisionDigest(content: Uint8Array, selector: Selector): string {
  return sha256Hex(`${sha256Hex(content)}\n${canonicalSelector(selector)}`);
}

/** Of the canonical form; of the bytes where the file cannot be read. */
export function meaningDigest(file: string, content: Uint8Array): string {
  const canonical = canonicalText({ file, text: content });
  return sha256Hex(canonical.ok ? canonical.text : content);
}

/**
 * A name that is safe as a file name on every host.
 * @throws FleetError `invalid`
 */
export function checkFileName(file: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(file)) return;
  const message = `'${file}' cannot name a config file: use letters, digits, '.', '_' and '-', 128 at most, beginning with a letter or digit`;
  throw new FleetError('invalid', message, { file });
}
