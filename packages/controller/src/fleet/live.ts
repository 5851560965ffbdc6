/** The fleet as it is now, in memory: hosts with their presence, processes and config facts. */
import type { FleetChange, HostProcesses, HostView } from './host-view.ts';
import type { Scope } from './scope.ts';

export interface LiveFleet extends AsyncDisposable {
  /**
   * Hosts in scope, in order of name; may be none.
   * @throws FleetError `invalid` when a label selector cannot be read.
   */
  hosts(scope: Scope): readonly HostView[];
  /**
   * Hosts in scope, at least one.
   * @throws FleetError `not_found` naming what matches nothing; `invalid` as `hosts` does.
   */
  select(scope: Scope): readonly HostView[];
  host(hostId: string): HostView | undefined;
  hostNamed(name: string): HostView | undefined;
  /** undefined for a host that does not exist. */
  processes(hostId: string): HostProcesses | undefined;
  /** Tells of every change until the returned function is called. `listener` must not throw. */
  subscribe(listener: (change: FleetChange) => void): () => void;
  /**
   * Frees the name of a host that is gone for good, in the store and here; returns its id.
   * @throws FleetError `not_found`; `conflict` while it is connected.
   */
  forget(name: string): Promise<string>;
}
