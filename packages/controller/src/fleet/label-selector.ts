/** One condition on a host's labels: `key=value`, `key in (a,b)`, `key` or `!key`. */
import { FleetError } from '@fleetvisor/primitives';

export type Labels = Readonly<Record<string, string>>;

const key = '[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?';
const isOne = new RegExp(`^(${key})\\s*==?\\s*(.*)$`);
const isIn = new RegExp(`^(${key})\\s+in\\s*\\(([^()]*)\\)$`);
const isThere = new RegExp(`^(!?)\\s*(${key})$`);

/**
 * Compiles a condition to a test of labels.
 * @throws FleetError `invalid` when it has none of the four forms.
 */
export function labelMatcher(text: string): (labels: Labels) => boolean {
  const trimmed = text.trim();
  const [, oneKey, oneValue] = isOne.exec(trimmed) ?? [];
  if (oneKey !== undefined && oneValue !== undefined) return (labels) => labelValue(labels, oneKey) === oneValue;
  const [, listKey, list] = isIn.exec(trimmed) ?? [];
  if (listKey !== undefined && list !== undefined) return listMatcher(text, listKey, list);
  const [, not, plainKey] = isThere.exec(trimmed) ?? [];
  if (plainKey !== undefined) return (labels) => (labelValue(labels, plainKey) !== undefined) === (not === '');
  throw unreadable(text);
}

function listMatcher(text: string, listKey: string, list: string): (labels: Labels) => boolean {
  const values = list.split(',').map((value) => value.trim());
  if (values.includes('')) throw unreadable(text);
  return (labels) => {
    const value = labelValue(labels, listKey);
    return value !== undefined && values.includes(value);
  };
}

/** Labels come from hosts: a key such as `constructor` must not find what every object has. */
function labelValue(labels: Labels, wanted: string): string | undefined {
  return Object.hasOwn(labels, wanted) ? labels[wanted] : undefined;
}

function unreadable(text: string): FleetError {
  return new FleetError(
    'invalid',
    `cannot read the label selector '${text}': write key=value, key in (a,b), key, or !key`,
    { selector: text },
  );
}
