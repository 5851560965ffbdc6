/** Which of the processes of a group run. */

/** Of several with one name the last, in the place of the first: two programs of a `[group:x]` may have one process_name. */
export function lastOfEachName<T extends { readonly name: string }>(processes: readonly T[]): readonly T[] {
  return [...new Map(processes.map((process) => [process.name, process])).values()];
}
