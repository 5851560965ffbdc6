/** Config files and their revisions as tables. */
import type { ConfigRevision, ConfigSummary } from '../client/config-file.ts';
import { alignColumns } from './columns.ts';
import type { MomentFormat } from './events.ts';
import type { View } from './output.ts';
import type { Painter } from './paint.ts';
import { selectorWords } from './selector-words.ts';

const listHeader = ['NAME', 'REVISION', 'STABLE', 'HOSTS', 'FOR', 'CHANGED', 'BY', 'MESSAGE'];
const historyHeader = ['REVISION', 'STABLE', 'FROM', 'FOR', 'CHANGED', 'BY', 'MESSAGE'];

export function configsView(configs: readonly ConfigSummary[], formatMoment: MomentFormat, paint: Painter): View {
  const rows = configs.map(({ newest, stableRevision, hostCount }) => [
    newest.file,
    String(newest.revision),
    stableRevision === 0 ? '-' : String(stableRevision),
    String(hostCount),
    selectorWords(newest.selector),
    formatMoment(newest.createdAt),
    newest.author || '-',
    newest.message || '-',
  ]);
  return {
    document: { kind: 'configs', configs },
    parts: configs.map((config) => ({ kind: 'config', ...config })),
    names: configs.map(({ newest }) => newest.file),
    table: () => alignColumns([listHeader, ...rows], paint),
  };
}

export function historyView(revisions: readonly ConfigRevision[], formatMoment: MomentFormat, paint: Painter): View {
  const rows = revisions.map((revision) => [
    String(revision.revision),
    revision.stable ? 'yes' : '-',
    revision.parent === 0 ? '-' : String(revision.parent),
    selectorWords(revision.selector),
    formatMoment(revision.createdAt),
    revision.author || '-',
    revision.message || '-',
  ]);
  return {
    document: { kind: 'config-history', revisions },
    parts: revisions.map((revision) => ({ kind: 'config-revision', ...revision })),
    names: revisions.map(({ file, revision }) => `${file}@${revision}`),
    table: () => alignColumns([historyHeader, ...rows], paint),
  };
}
