/** `fleetctl config diff`: what differs between two revisions, or a revision and a file, in text and in meaning. */
import type { GroupDiff } from '@fleetvisor/config';
import { FleetError } from '@fleetvisor/primitives';
import type { FleetClient } from '../../client/fleet-client.ts';
import { type CommandContext, defineCommand } from '../../command.ts';
import { parseConfigReferences } from '../../config-reference.ts';
import { exitCode } from '../../exit-code.ts';
import { text } from '../../option.ts';
import type { Painter } from '../../render/paint.ts';
import { selectorWords } from '../../render/selector-words.ts';
import { unifiedDiff } from '../../render/unified-diff.ts';
import { visible } from '../../render/visible.ts';

export const configDiffCommand = defineCommand({
  name: 'config diff',
  summary: 'show what differs between revisions, or from a file',
  parameters: '<name[@revision]> [revision] [revision]',
  options: { file: text('--file <file>', 'compare with this file instead of a second revision') },
  notes: [
    'Without revisions: the newest with the one it was made from. With one: that one with the newest.',
    'Ends with 2 when there are differences.',
  ],
  examples: [
    ['fleetctl config diff web.conf', 'what the last push changed'],
    ['fleetctl config diff web.conf --file web.conf', 'what a push of this file would change'],
    ['fleetctl config diff web.conf 3 5', 'two revisions; also web.conf@3 web.conf@5'],
  ],
  run: async (context, words, options) => {
    const { output } = context;
    const { file: name, revisions } = parseConfigReferences(words, 2);
    const [before, after] = await chooseSides(context, name, revisions, options.file);
    const { groupChanges } = await import('../../config-meaning.ts');
    const lines = unifiedDiff(
      { name: before.name, text: decode(before.content) },
      { name: after.name, text: decode(after.content) },
    );
    const groups = groupChanges({ file: name, text: before.content }, { file: name, text: after.content });
    const selectors = after.selector === undefined ? [] : [before.selector ?? '-', after.selector];
    const isDifferent = lines.length > 0 || selectors[0] !== selectors[1];
    const document = {
      kind: 'config-diff',
      file: name,
      before: before.name,
      after: after.name,
      isDifferent,
      text: lines.join('\n'),
      selectors,
      groups,
    };
    await output.show({
      document,
      parts: [document],
      names: isDifferent ? [name] : [],
      table: () => [
        ...lines.map((line) => paintDiff(visible(line), output.paint)),
        ...(selectors[0] === selectors[1] ? [] : [visible(`for: ${selectors.join('  ->  ')}`)]),
        ...(isDifferent ? meaningLines(groups) : []),
      ],
    });
    if (!isDifferent && output.isTable) await output.note(`no differences between ${before.name} and ${after.name}`);
    return isDifferent ? exitCode.different : exitCode.ok;
  },
});

interface DiffSide {
  readonly name: string;
  readonly content: Uint8Array;
  /** undefined for a file: it is for whom its push says. */
  readonly selector: string | undefined;
}

async function chooseSides(
  context: CommandContext,
  name: string,
  [first, second]: readonly number[],
  path: string | undefined,
): Promise<readonly [DiffSide, DiffSide]> {
  if (path !== undefined && second !== undefined) {
    throw new FleetError('invalid', 'give one revision to compare a file with, not two');
  }
  const file = path === undefined ? undefined : await context.readFile(path);
  const client = await context.client();
  if (path !== undefined && file !== undefined) {
    return [await revisionSide(client, name, first), { name: path, content: file, selector: undefined }];
  }
  if (first !== undefined) return [await revisionSide(client, name, first), await revisionSide(client, name, second)];
  const newest = await client.config(name, undefined);
  const parent =
    newest.revision.parent === 0
      ? { name: '(nothing)', content: new Uint8Array(), selector: undefined }
      : await revisionSide(client, name, newest.revision.parent);
  return [parent, await revisionSide(client, name, newest.revision.revision)];
}

async function revisionSide(client: FleetClient, file: string, wanted: number | undefined): Promise<DiffSide> {
  const { revision, content } = await client.config(file, wanted);
  return { name: `${file}@${revision.revision}`, content, selector: selectorWords(revision.selector) };
}

/** The programs that a host would touch. */
function meaningLines(groups: GroupDiff | undefined): string[] {
  if (groups === undefined) return ['one of the two cannot be read as a config file: see fleetctl config validate'];
  const { added, changed, removed } = groups;
  const lines = [
    ...removed.map((group) => `${group}: disappeared`),
    ...changed.map((group) => `${group}: changed`),
    ...added.map((group) => `${group}: available`),
  ];
  return lines.length === 0 ? ['no process group changes'] : lines.map(visible);
}

function paintDiff(line: string, paint: Painter): string {
  if (line.startsWith('+')) return paint(line, 'green');
  if (line.startsWith('-')) return paint(line, 'red');
  return paint(line, line.startsWith('@@') ? 'cyan' : undefined);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
