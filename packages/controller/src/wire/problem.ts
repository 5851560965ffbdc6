/** A mistake in a config file, in the contract's words: the same through both gRPC doors. */
import type { ConfigProblem } from '@fleetvisor/config';
import type { ConfigProblem as WireProblem } from '@fleetvisor/protocol/common';

/** What would be right becomes part of the message: the contract has no field of its own for it. */
export function problemToWire(problem: ConfigProblem): WireProblem {
  const allowed = problem.allowed === undefined ? '' : `; allowed: ${problem.allowed}`;
  return {
    file: problem.file,
    line: problem.line,
    section: problem.section ?? '',
    option: problem.option ?? '',
    message: `${problem.message}${allowed}`,
  };
}
