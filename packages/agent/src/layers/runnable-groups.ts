/** Which of the parsed process groups this version runs. */
import type { ProcessGroupSpec } from '@fleetvisor/config';

/**
 * The first group of each name, as in Supervisor, without event listeners and FastCGI programs: those need protocols that
 * this version does not speak, and running them as plain programs would be worse than saying so.
 */
export function runnableGroups(
  groups: readonly ProcessGroupSpec[],
  warn: (text: string) => void,
): readonly ProcessGroupSpec[] {
  const seen = new Set<string>();
  return groups.filter((group) => {
    if (group.kind === 'fcgi-program' || group.kind === 'eventlistener') {
      const place = `${group.source.file}:${group.source.line}`;
      warn(`${place}: [${group.kind}:${group.name}] is not run by this version of fleet-agent`);
      return false;
    }
    if (group.processes.some(({ stdout, stderr }) => stdout.syslog || stderr.syslog)) {
      const place = `${group.source.file}:${group.source.line}`;
      warn(`${place}: this version of fleet-agent does not send the output of ${group.name} to syslog`);
    }
    const isFirst = !seen.has(group.name);
    seen.add(group.name);
    return isFirst;
  });
}
