/** Whether a config file can be accepted: by itself, and beside the other files of the hosts that would get it. Pure. */
import {
  type ConfigInput,
  type ConfigProblem,
  type FleetFile,
  formatProblem,
  mergeFleetFiles,
  neutralContext,
  parseFleetFile,
} from '@fleetvisor/config';

const fileBytesMax = 1024 * 1024;
/** An offer is one message, and a message is 4 MiB at most. */
const hostBytesMax = 3 * 1024 * 1024;

export interface NamedContent {
  readonly file: string;
  readonly content: Uint8Array;
}

/**
 * All problems of the file at once; empty when it can be accepted.
 * @param neighbours the other files of each host that would get it, each set once
 */
export function problemsOf(
  candidate: NamedContent,
  neighbours: readonly (readonly NamedContent[])[],
): readonly ConfigProblem[] {
  const { file, content } = candidate;
  if (content.length > fileBytesMax) {
    return [problem(file, `the file has ${content.length} bytes; ${fileBytesMax} are the most: split it in two`)];
  }
  const parsed = parseFleetFile(inputOf(candidate), neutralContext());
  if (!parsed.ok) return parsed.problems;
  const found = neighbours.flatMap((others) => besideProblems(candidate, parsed.fleetFile, others));
  return [...new Map(found.map((each) => [formatProblem(each), each])).values()];
}

function besideProblems(
  candidate: NamedContent,
  parsed: FleetFile,
  others: readonly NamedContent[],
): readonly ConfigProblem[] {
  const bytes = [candidate, ...others].reduce((sum, { content }) => sum + content.length, 0);
  if (bytes > hostBytesMax) {
    return [
      problem(
        candidate.file,
        `with it some hosts would have ${bytes} bytes of config files; ${hostBytesMax} are the most`,
      ),
    ];
  }
  // What is stored was accepted once; should a later version read it otherwise, that is not this push's problem.
  const neighbours = others
    .map((other) => parseFleetFile(inputOf(other), neutralContext()))
    .flatMap((other) => (other.ok ? other.fleetFile : []));
  const merged = mergeFleetFiles([parsed, ...neighbours]);
  return merged.ok ? [] : merged.problems;
}

function inputOf({ file, content }: NamedContent): ConfigInput {
  return { file, text: content };
}

function problem(file: string, message: string): ConfigProblem {
  return { file, line: 0, section: undefined, option: undefined, message };
}
