/** `fleetctl context list`: the controllers that have a name. */
import { defineCommand } from '../../command.ts';
import { exitCode } from '../../exit-code.ts';
import { alignColumns } from '../../render/columns.ts';

export const contextListCommand = defineCommand({
  name: 'context list',
  summary: 'show the contexts there are; the current one has a *',
  examples: [['fleetctl context list', 'all of them']],
  run: async ({ output, contexts }) => {
    const { current, controllers } = await contexts.load();
    const known = [...controllers].map(([name, controller]) => ({ name, controller, isCurrent: name === current }));
    if (known.length === 0 && output.isTable) {
      await output.note(`no contexts in ${contexts.path}: write '[context NAME]' and 'controller=HOST:PORT' into it`);
      return exitCode.ok;
    }
    await output.show({
      document: { kind: 'contexts', contexts: known },
      parts: known.map((context) => ({ kind: 'context', ...context })),
      names: known.map(({ name }) => name),
      table: () => {
        const rows = known.map(({ name, controller, isCurrent }) => [isCurrent ? '*' : '', name, controller]);
        return alignColumns(rows, output.paint);
      },
    });
    return exitCode.ok;
  },
});
