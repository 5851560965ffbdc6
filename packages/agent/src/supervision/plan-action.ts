/** One step on the way from what a host runs to what it should run: decided completely, with its reason. */
import type { ProcessGroupSpec, ProcessSpec } from '@fleetvisor/config';
import type { ProcessName } from './status.ts';

interface Reasoned {
  /** For people: what it comes from, e.g. `command changed` or `no longer in the configuration`. */
  readonly reason: string;
}

/** A step on a single process carries the group as it shall be. */
export type PlannedAction = Reasoned &
  (
    | { readonly kind: 'add-group'; readonly group: ProcessGroupSpec }
    /** Stops all of it first. */
    | { readonly kind: 'remove-group'; readonly name: string }
    /** Supervisor's update: the whole group is stopped, removed and added anew; autostart holds again. */
    | { readonly kind: 'replace-group'; readonly group: ProcessGroupSpec }
    | { readonly kind: 'add-process'; readonly group: ProcessGroupSpec; readonly spec: ProcessSpec }
    | { readonly kind: 'remove-process'; readonly group: ProcessGroupSpec; readonly process: ProcessName }
    /**
     * Stops it when it is up, gives it the new spec, and starts it when it was up or its autostart is on; never starts
     * what was stopped by hand.
     */
    | {
        readonly kind: 'restart-process';
        readonly group: ProcessGroupSpec;
        readonly spec: ProcessSpec;
        readonly changed: readonly string[];
      }
    /** Gives it the new spec while it runs on. */
    | {
        readonly kind: 'adjust-process';
        readonly group: ProcessGroupSpec;
        readonly spec: ProcessSpec;
        readonly changed: readonly string[];
      }
    /** Gives the group its priority and order. */
    | { readonly kind: 'adjust-group'; readonly group: ProcessGroupSpec }
  );

/** By whole process groups as Supervisor's update does, or no more than what changed. */
export type PlanMode = 'minimal' | 'compat';
