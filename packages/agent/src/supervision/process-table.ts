/** The process groups that exist and the processes in them: who is there, not what they do. */
import type { ProcessGroupSpec, ProcessSpec } from '@fleetvisor/config';
import { formatNamespec, lastOfEachName } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import { byPriority } from './order.ts';
import { isAboutToStart, isStopped, neverStarted, type RunId, runId } from './process/state.ts';
import type { LeftRecord } from './process-record.ts';
import type { Layer, ProcessName } from './status.ts';
import { type ProcessWorld, SupervisedProcess } from './supervised-process.ts';
import type { AddGroupOptions } from './supervisor.ts';

export interface ProcessGroup {
  readonly layer: Layer;
  /** As it was added or last adjusted; what its processes run by now is in their own specs. */
  readonly spec: ProcessGroupSpec;
  readonly priority: number;
  /** In the order of the spec. */
  readonly processes: readonly SupervisedProcess[];
  /** The same by their names: a group may have thousands, and each is asked for by itself. */
  readonly byName: ReadonlyMap<string, SupervisedProcess>;
}

/** Hears of changes of the table itself. */
export interface TableObserver {
  readonly groupAdded: (spec: ProcessGroupSpec, layer: Layer, goesOn: boolean) => void;
  readonly groupRemoved: (group: string, layer: Layer) => void;
  /** Its priority, its order or its members are others. */
  readonly groupReshaped: (group: string) => void;
  readonly processAdded: (process: ProcessName) => void;
  readonly processRemoved: (process: ProcessName) => void;
}

export class ProcessTable {
  readonly #world: ProcessWorld;
  readonly #observer: TableObserver;
  readonly #groups = new Map<string, ProcessGroup>();
  /** The highest number of a run whose process was removed: one of the same name goes on from there. */
  #lastRun: RunId = runId(0);

  constructor(world: ProcessWorld, observer: TableObserver) {
    this.#world = world;
    this.#observer = observer;
  }

  /** In start order: by priority, those added later last. */
  groups(): ProcessGroup[] {
    return byPriority([...this.#groups.values()]);
  }

  processes(): SupervisedProcess[] {
    return this.groups().flatMap((group) => group.processes);
  }

  /** @throws FleetError `not_found` */
  group(name: string): ProcessGroup {
    const group = this.#groups.get(name);
    if (group === undefined) throw new FleetError('not_found', `there is no process group ${name}`, { group: name });
    return group;
  }

  process({ group, name }: ProcessName): SupervisedProcess | undefined {
    return this.#groups.get(group)?.byName.get(name);
  }

  /** The groups as they really are, in the order in which they came to be: what a plan compares with. */
  effective(): { spec: ProcessGroupSpec; layer: Layer }[] {
    return [...this.#groups.values()].map(({ spec, layer, processes }) => {
      return { spec: { ...spec, processes: processes.map((process) => process.spec) }, layer };
    });
  }

  layerOf({ group }: ProcessName): Layer {
    return this.group(group).layer;
  }

  /**
   * Adds a group; its processes go on where an earlier life of the agent was with them, or are told to start by themselves
   * if they shall.
   * @throws FleetError `conflict`
   */
  addGroup(spec: ProcessGroupSpec, layer: Layer, { stoppedByHand, left, goesOn = false }: AddGroupOptions = {}): void {
    const present = this.#groups.get(spec.name);
    if (present !== undefined) {
      const message = `cannot add process group ${spec.name}: it is active already, from the ${present.layer} layer`;
      throw new FleetError('conflict', message, { group: spec.name, layer: present.layer });
    }
    const members = lastOfEachName(spec.processes).map((process) => {
      const name = { group: spec.name, name: process.name };
      const record = left?.(name);
      const initial = record?.state ?? neverStarted(this.#lastRun, stoppedByHand?.(name));
      return { process: new SupervisedProcess(this.#world, process, initial, record?.facts), record };
    });
    const processes = members.map(({ process }) => process);
    this.#groups.set(spec.name, groupOf(layer, spec, processes));
    this.#observer.groupAdded(spec, layer, goesOn);
    for (const { process, record } of members) this.#welcome(process, record);
  }

  /** @throws FleetError `not_found`, or `conflict` while a process of it is not stopped */
  removeGroup(name: string): void {
    const group = this.group(name);
    for (const process of group.processes) refuseUnlessStopped(process);
    for (const process of group.processes) this.#dismiss(process);
    this.#groups.delete(name);
    this.#observer.groupRemoved(name, group.layer);
  }

  /** Adds a process to a group, which is from now on as `groupSpec` has it. @throws FleetError `not_found`, `conflict` */
  addProcess(groupSpec: ProcessGroupSpec, spec: ProcessSpec): void {
    const group = this.group(groupSpec.name);
    if (group.processes.some((process) => process.name.name === spec.name)) {
      throw new FleetError('conflict', `cannot add process ${formatNamespec(spec)}: it is there already`);
    }
    const process = new SupervisedProcess(this.#world, spec, neverStarted(this.#lastRun));
    this.#reshape(group, groupSpec, [...group.processes, process]);
    this.#welcome(process);
  }

  /** @throws FleetError `not_found`, or `conflict` while it is not stopped */
  removeProcess(groupSpec: ProcessGroupSpec, process: SupervisedProcess): void {
    const group = this.group(groupSpec.name);
    refuseUnlessStopped(process);
    this.#reshape(
      group,
      groupSpec,
      group.processes.filter((other) => other !== process),
    );
    this.#dismiss(process);
  }

  /** Gives a group the priority and order of `spec`; its processes stay as they are. @throws FleetError `not_found` */
  adjustGroup(spec: ProcessGroupSpec): void {
    const group = this.group(spec.name);
    this.#reshape(group, spec, group.processes);
  }

  /** A group that is set again keeps its place in the map, and so its turn among equals. */
  #reshape(group: ProcessGroup, spec: ProcessGroupSpec, processes: readonly SupervisedProcess[]): void {
    const places = new Map(spec.processes.map(({ name }, place) => [name, place]));
    const placeOf = ({ name }: SupervisedProcess) => places.get(name.name) ?? places.size;
    const ordered = processes.toSorted((a, b) => placeOf(a) - placeOf(b));
    this.#groups.set(spec.name, groupOf(group.layer, spec, ordered));
    this.#observer.groupReshaped(spec.name);
  }

  #welcome(process: SupervisedProcess, left?: LeftRecord): void {
    this.#observer.processAdded(process.name);
    if (left === undefined) process.feed({ kind: 'autostart' });
    else process.resume(left);
  }

  #dismiss(process: SupervisedProcess): void {
    this.#lastRun = runId(Math.max(this.#lastRun, process.state.run));
    process.remove();
    this.#observer.processRemoved(process.name);
  }
}

function groupOf(layer: Layer, spec: ProcessGroupSpec, processes: readonly SupervisedProcess[]): ProcessGroup {
  const byName = new Map(processes.map((process) => [process.name.name, process]));
  return { layer, spec, priority: spec.priority, processes, byName };
}

function refuseUnlessStopped({ name, state }: SupervisedProcess): void {
  if (isStopped(state) && !isAboutToStart(state)) return;
  const message = `cannot remove ${formatNamespec(name)}: it is ${state.name}; stop it first`;
  throw new FleetError('conflict', message, { ...name, state: state.name });
}
