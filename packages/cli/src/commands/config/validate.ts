/** `fleetctl config validate`: what a push would refuse, without a controller. */
import type { FleetFile } from '@fleetvisor/config';
import { type CommandContext, defineCommand } from '../../command.ts';
import { type ExitCode, exitCode } from '../../exit-code.ts';
import { visible } from '../../render/visible.ts';

export const configValidateCommand = defineCommand({
  name: 'config validate',
  summary: 'check config files on this machine; asks no controller',
  parameters: '<file...>',
  notes: ['What only a host can know (its users, its environment) is not checked.'],
  examples: [['fleetctl config validate *.conf', 'every mistake, with file and line']],
  run: async (context, paths) => {
    const verdicts: Verdict[] = [];
    for (const path of paths) verdicts.push(await validate(context, path));
    await context.output.show({
      document: { kind: 'config-validation', files: verdicts },
      parts: verdicts.map((verdict) => ({ kind: 'config-verdict', ...verdict })),
      names: verdicts.filter(({ valid }) => valid).map(({ file }) => file),
      table: () => verdicts.flatMap(verdictLines),
    });
    return exitCodeOf(verdicts);
  },
});

interface Verdict {
  readonly file: string;
  readonly valid: boolean;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Names of process groups. */
  readonly groups: readonly string[];
  readonly processCount: number;
}

async function validate(context: CommandContext, path: string): Promise<Verdict> {
  const text = await context.readFile(path);
  const { judge } = await import('../../config-meaning.ts');
  const { formatProblem } = await import('@fleetvisor/config');
  const judgement = judge({ file: path, text });
  if (judgement.ok) return verdictOf(path, judgement.fleetFile);
  const problems = judgement.problems.map(formatProblem);
  return { file: path, valid: false, problems, warnings: [], groups: [], processCount: 0 };
}

function verdictOf(file: string, { groups, warnings }: FleetFile): Verdict {
  return {
    file,
    valid: true,
    problems: [],
    warnings: warnings.map((warning) => `${warning.file}:${warning.line}: ${warning.message}`),
    groups: groups.map(({ name }) => name),
    processCount: groups.reduce((count, { processes }) => count + processes.length, 0),
  };
}

function verdictLines({ file, valid, problems, warnings, groups, processCount }: Verdict): string[] {
  const told = [...problems, ...warnings.map((warning) => `warning: ${warning}`)].map(visible);
  if (!valid) return told;
  return [
    ...told,
    `${visible(file)}: ok: ${counted(groups.length, 'process group')}, ${counted(processCount, 'process')}`,
  ];
}

function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('s') ? `${noun}es` : `${noun}s`}`;
}

function exitCodeOf(verdicts: readonly Verdict[]): ExitCode {
  return verdicts.every(({ valid }) => valid) ? exitCode.ok : exitCode.error;
}
