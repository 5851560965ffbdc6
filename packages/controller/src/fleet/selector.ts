/** Which hosts are meant. A host is meant when it matches every field that is given; lists inside a field are alternatives. */
import { FleetError, globMatcher } from '@fleetvisor/primitives';
import { type Labels, labelMatcher } from './label-selector.ts';
import type { Scope } from './scope.ts';

export interface Selector {
  /** Names or globs: any of them. */
  readonly hosts: readonly string[];
  /** Host groups: any of them. */
  readonly hostGroups: readonly string[];
  /** `key=value`, `key in (a,b)`, `key`, `!key`: all of them. */
  readonly labels: readonly string[];
  /** Every host, said on purpose; then no other field is given. */
  readonly all: boolean;
}

/** What selectors look at. */
export interface SelectableHost {
  readonly name: string;
  readonly hostGroups: readonly string[];
  readonly labels: Labels;
}

export type HostMatcher = (host: SelectableHost) => boolean;

/**
 * Compiles a scope: what is not given does not restrict.
 * @throws FleetError `invalid` when a label condition cannot be read.
 */
export function scopeMatcher(scope: Scope): HostMatcher {
  const names = scope.hosts.map(globMatcher);
  const conditions = scope.labels.map(labelMatcher);
  return (host) =>
    (names.length === 0 || names.some((matches) => matches(host.name))) &&
    (scope.hostGroups.length === 0 || scope.hostGroups.some((group) => host.hostGroups.includes(group))) &&
    conditions.every((matches) => matches(host.labels));
}

/**
 * Compiles the selector of a config file. Unlike a scope, one that says nothing is refused: every host must be meant
 * on purpose.
 * @throws FleetError `invalid` when it is empty, says `all` and more, or has a label condition that cannot be read.
 */
export function selectorMatcher(selector: Selector): HostMatcher {
  const isGiven = selector.hosts.length + selector.hostGroups.length + selector.labels.length > 0;
  if (selector.all && isGiven) {
    throw new FleetError('invalid', 'the selector says all hosts and also names some: give one or the other');
  }
  if (!selector.all && !isGiven) {
    throw new FleetError(
      'invalid',
      'the selector names no hosts: give hosts, host groups or labels, or say all hosts on purpose',
    );
  }
  return scopeMatcher(selector);
}

/** Equal when they say the same, in whatever order: a set of alternatives or of conditions has none. */
export function sameSelector(a: Selector, b: Selector): boolean {
  return canonicalSelector(a) === canonicalSelector(b);
}

/** One text per meaning: lists sorted, each entry once. Part of what a revision's digest is taken over. */
export function canonicalSelector(selector: Selector): string {
  const sorted = (list: readonly string[]) => [...new Set(list)].toSorted();
  return JSON.stringify({
    all: selector.all,
    hostGroups: sorted(selector.hostGroups),
    hosts: sorted(selector.hosts),
    labels: sorted(selector.labels),
  });
}
