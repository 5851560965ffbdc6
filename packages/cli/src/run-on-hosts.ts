/** Gives a command to hosts and shows what comes of it as it comes: shared by all verbs that change something. */
import { FleetError, type Instant, msBetween } from '@fleetvisor/primitives';
import type { Action, HostReport } from './client/command.ts';
import type { CommandContext } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { mergeIterables } from './merge-iterables.ts';
import { widthOf } from './render/display-width.ts';
import { renderJsonLine } from './render/document.ts';
import { type ChangeWords, hostPrefix, paintLine, reportLines } from './render/report.ts';
import { unmatchedLines } from './render/unmatched.ts';
import { visible } from './render/visible.ts';
import { addTallies, emptyTally, exitCodeOfTally, type Tally, tallyOf, totalsLine } from './tally.ts';
import { noteHints } from './target-hints.ts';
import type { TargetGroup } from './targets.ts';
import { joinUnmatched, type Unmatched, unmatchedTargets } from './unmatched-targets.ts';
import { answeredWords, WaitingNote } from './waiting-note.ts';

export interface Errand {
  readonly groups: readonly TargetGroup[];
  /** The action on the targets of one group. */
  action(targets: readonly string[]): Action;
  readonly reason: string | undefined;
  /** For actions whose outcome are changes of process groups. */
  readonly changeWords?: ChangeWords;
}

/** Commands under way at once, where targets name different hosts. */
const runningMax = 8;

export async function runOnHosts(context: CommandContext, errand: Errand): Promise<ExitCode> {
  const startedAt = context.clock.now();
  const printer = new ReportPrinter(context, errand.changeWords);
  const reports: HostReport[][] = errand.groups.map(() => []);
  const client = await context.client();
  const missing: FleetError[] = [];
  const runs = errand.groups.map(({ scope, targets }, index) => ({
    index,
    answers: () => {
      const order = { scope, action: errand.action(targets), reason: errand.reason ?? '', timeoutMs: context.waitMs };
      return unlessNoHost(client.run(order), missing);
    },
  }));
  try {
    using waiting = new WaitingNote(context, () => {
      const answered = reports.reduce((count, { length }) => count + length, 0);
      return `${answeredWords(answered)}; Ctrl-C ends the waiting alone, the command goes on`;
    });
    for await (const { index, value: report } of mergeIterables(runs, runningMax)) {
      waiting.heard();
      reports[index]?.push(report);
      await printer.print(report);
    }
  } catch (thrown) {
    if (context.signal.aborted) await printer.printDetached();
    throw thrown;
  }
  const [firstMissing] = missing;
  if (firstMissing !== undefined && missing.length === errand.groups.length) throw firstMissing;
  for (const error of missing) await context.output.note(`fleetctl: ${error.message}`);
  const unmatched = joinUnmatched(
    errand.groups.map(({ targets }, index) => unmatchedTargets(targets, reports[index] ?? [])),
  );
  const outcome = { reports: reports.flat(), unmatched, missingCount: missing.length };
  const code = await finish(context, printer, outcome, isTimeUp(context, startedAt));
  await noteHints(context, unmatched.nowhere);
  return code;
}

/** Where several groups of hosts are named, one that does not exist does not end the others. */
async function* unlessNoHost(answers: AsyncIterable<HostReport>, missing: FleetError[]): AsyncGenerator<HostReport> {
  try {
    yield* answers;
  } catch (thrown) {
    if (!(thrown instanceof FleetError) || thrown.code !== 'not_found') throw thrown;
    missing.push(thrown);
  }
}

interface ErrandOutcome {
  readonly reports: readonly HostReport[];
  readonly unmatched: Unmatched;
  /** Groups of targets whose hosts do not exist. */
  readonly missingCount: number;
}

async function finish(
  { output }: CommandContext,
  printer: ReportPrinter,
  { reports, unmatched, missingCount }: ErrandOutcome,
  timeIsUp: boolean,
): Promise<ExitCode> {
  if (reports.length === 0) {
    await output.note(
      timeIsUp ? 'fleetctl: no host answered in time; the command goes on' : 'fleetctl: no host to give the command to',
    );
    return timeIsUp ? exitCode.timeout : exitCode.noMatch;
  }
  const counted = reports.map(tallyOf).reduce(addTallies, emptyTally);
  const tally = withoutAnswer({ ...counted, noMatch: unmatched.nowhere.length + missingCount }, timeIsUp);
  await printer.printEnd(reports, unmatched, tally);
  return exitCodeOfTally(tally);
}

/** Of a host that did not answer in time nobody knows more than that. */
function withoutAnswer(tally: Tally, timeIsUp: boolean): Tally {
  return timeIsUp ? { ...tally, stillRunning: tally.unknown, unknown: 0 } : tally;
}

/** The controller waits as long as it is told to, and we began before it. */
function isTimeUp({ clock, waitMs }: CommandContext, startedAt: Instant): boolean {
  return msBetween(startedAt, clock.now()) >= waitMs;
}

class ReportPrinter {
  readonly #context: CommandContext;
  readonly #changeWords: ChangeWords | undefined;
  readonly #commandIds = new Set<string>();
  #hostWidth = 0;
  #lineCount = 0;

  constructor(context: CommandContext, changeWords: ChangeWords | undefined) {
    this.#context = context;
    this.#changeWords = changeWords;
  }

  /** One host, as it ends. */
  async print(report: HostReport): Promise<void> {
    const { output } = this.#context;
    this.#commandIds.add(report.commandId);
    if (output.format === 'jsonl') await output.write(renderJsonLine({ kind: 'host-report', ...report }));
    if (!output.isTable) return;
    this.#hostWidth = Math.max(this.#hostWidth, widthOf(visible(report.host)));
    const prefix = hostPrefix(report.host, this.#hostWidth);
    const lines = reportLines(report, this.#changeWords);
    this.#lineCount += lines.length;
    await output.lines(lines.map((line) => `${prefix}${paintLine(line, output.paint)}`));
  }

  async printEnd(reports: readonly HostReport[], missing: Unmatched, tally: Tally): Promise<void> {
    const { output } = this.#context;
    const { nowhere: unmatched, undecided } = missing;
    if (output.isTable) {
      const lines = unmatchedLines(missing);
      const isPlain = this.#lineCount + lines.length <= 1 && exitCodeOfTally(tally) === exitCode.ok;
      await output.lines(lines.map((line) => paintLine(line, output.paint)));
      if (!isPlain) await output.lines([totalsLine(tally)]);
      return;
    }
    if (output.format === 'jsonl') {
      return output.write(renderJsonLine({ kind: 'command-totals', totals: tally, unmatched, undecided }));
    }
    await output.show({
      document: { kind: 'command', hosts: reports, unmatched, undecided, totals: tally },
      parts: [],
      names: reports.flatMap((report) => namesDone(report)),
      table: () => [],
    });
  }

  /** Going away recalls nothing: say so, and how to see what becomes of it. */
  async printDetached(): Promise<void> {
    const ids = [...this.#commandIds];
    const named = ids.length === 0 ? '' : ` (${ids.join(', ')})`;
    await this.#context.output.note(
      `detached: the command goes on${named}; fleetctl commands shows what becomes of it`,
    );
  }
}

/** The processes for which it was done, as targets for another command. */
function namesDone({ host, results }: HostReport): string[] {
  const names = results.flatMap(({ process, outcome }) =>
    process !== undefined && outcome === 'ok' ? [`${host}/${process.group}:${process.name}`] : [],
  );
  return [...new Set(names)];
}
