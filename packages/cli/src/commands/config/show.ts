/** `fleetctl config show`: a config file as it was pushed, byte for byte. */
import { defineCommand } from '../../command.ts';
import { parseConfigReference } from '../../config-reference.ts';
import { exitCode } from '../../exit-code.ts';
import { selectorWords } from '../../render/selector-words.ts';
import { TerminalText } from '../../render/terminal-text.ts';

export const configShowCommand = defineCommand({
  name: 'config show',
  summary: 'print a config file as it was pushed',
  parameters: '<name[@revision]>',
  notes: ['With -o wide, whom it is for and who has it go to stderr.'],
  examples: [
    ['fleetctl config show web.conf', 'the newest revision'],
    ['fleetctl config show web.conf@3 > old.conf', 'an older one, byte for byte'],
  ],
  run: async (context, [word = '']) => {
    const { output } = context;
    const { file, revision: wanted } = parseConfigReference(word);
    const client = await context.client();
    const { revision, content, hosts } = await client.config(file, wanted);
    if (output.isTable) {
      await output.write(output.isTerminal ? new TerminalText().push(content) : content);
      if (output.format === 'wide') {
        const running = hosts.length === 0 ? 'no host' : hosts.join(', ');
        await output.note(
          `${revision.file}@${revision.revision} for ${selectorWords(revision.selector)}, on ${running}`,
        );
      }
      return exitCode.ok;
    }
    const document = { kind: 'config-content', ...revision, content: new TextDecoder().decode(content), hosts };
    await output.show({
      document,
      parts: [document],
      names: [`${revision.file}@${revision.revision}`],
      table: () => [],
    });
    return exitCode.ok;
  },
});
