/** The page of all processes, as Supervisor's: state, description, name, and what can be done with each. Pure. */
import { formatNamespec } from '@fleetvisor/config';
import type { ProcessStatus, StateName } from '../../supervision/status.ts';
import type { Daemon } from '../daemon.ts';
import { type Html, html, quoteUrl } from './html.ts';
import { layout, type PageFrame } from './layout.ts';
import { type PageAction, titleOf } from './page-action.ts';

export interface StatusPage extends Omit<PageFrame, 'title'> {
  /** Sorted as they are to be shown. */
  readonly processes: readonly ProcessStatus[];
  readonly state: ReturnType<Daemon['state']>;
  /** What came of the last action; anybody can write it into an address. */
  readonly message: string | undefined;
  /** What proves that a form is one of ours. */
  readonly token: string;
}

export function statusView(page: StatusPage): Html {
  const { processes, state, message, token } = page;
  return layout(
    { ...page, title: 'Supervisor Status' },
    html`${state === 'running' ? undefined : html`<p class="status_msg trouble" role="status">${endings[state]}</p>`}
${message === undefined ? undefined : messageBox(message)}
<form action="index.html" method="post">
<input type="hidden" name="token" value="${token}">
<div class="toolbar">
<p class="summary">${summary(processes)}</p>
<a class="button" href="index.html?action=refresh">Refresh</a>
${processes.length === 0 ? undefined : [confirmed('restartall', processes), confirmed('stopall', processes)]}
</div>
${processes.length === 0 ? html`<p class="empty">No programs to manage</p>` : table(processes)}
</form>`,
  );
}

const endings = {
  restarting:
    'The daemon is restarting: its programs stop and begin anew, and nothing else can be asked of it meanwhile.',
  'shutting-down': 'The daemon is shutting down: its programs stop, and nothing else can be asked of it.',
} as const;

const troubles = /^(ERROR|unexpected rpc fault|No such process)|\nERROR/;

function messageBox(message: string): Html {
  const kind = troubles.test(message) ? ' trouble' : '';
  return html`<p id="statusmessage" class="status_msg${kind}" role="status">${message}</p>`;
}

/** How many there are of each state, what needs a person first. */
function summary(processes: readonly ProcessStatus[]): Html[] {
  const counts = Map.groupBy(processes, ({ state }) => state);
  return states.flatMap((state) => {
    const count = counts.get(state)?.length ?? 0;
    return count === 0 ? [] : [html`<span class="${classOf(state)}">${count} ${state.toLowerCase()}</span> `];
  });
}

const states = ['FATAL', 'BACKOFF', 'UNKNOWN', 'STARTING', 'STOPPING', 'RUNNING', 'EXITED', 'STOPPED'] as const;

/** A button that is only there once it is asked for: one slip must not stop a whole host. */
function confirmed(kind: 'restartall' | 'stopall', processes: readonly ProcessStatus[]): Html {
  const title = titleOf(kind);
  const count = processes.length === 1 ? 'the one process' : `all ${processes.length} processes`;
  return html`<details><summary class="button">${title}</summary>
<button class="danger" formaction="index.html?action=${kind}">${title}: yes, ${count}</button></details>
`;
}

function table(processes: readonly ProcessStatus[]): Html {
  return html`<table>
<thead><tr><th>State</th><th>Description</th><th>Name</th><th>Action</th></tr></thead>
<tbody>
${processes.map(row)}</tbody>
</table>`;
}

function row(status: ProcessStatus): Html {
  const name = formatNamespec(status.process);
  const quoted = quoteUrl(name);
  const layer = status.layer === 'fleet' ? html` <span class="layer">fleet</span>` : undefined;
  return html`<tr><td class="state"><span class="${classOf(status.state)}">${status.state.toLowerCase()}</span></td>
<td class="description">${status.description}</td>
<td class="name"><a href="tail.html?processname=${quoted}">${name}</a>${layer}</td>
<td class="actions">${actionsOf(status.state).map((kind) => button(kind, quoted, name))}${tailLinks(status, quoted)}</td></tr>
`;
}

type RowAction = Extract<PageAction, { readonly namespec: string }>['kind'];

/**
 * What can be asked of a process in a state. Unlike Supervisor's page this one can stop what is STARTING or in BACKOFF: a
 * program that fails again and again is just what a person wants to stop.
 */
function actionsOf(state: StateName): readonly RowAction[] {
  switch (state) {
    case 'RUNNING':
      return ['restart', 'stop', 'clearlog'];
    case 'STARTING':
    case 'BACKOFF':
      return ['stop', 'clearlog'];
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
      return ['start', 'clearlog'];
    case 'STOPPING':
    case 'UNKNOWN':
      return ['clearlog'];
  }
}

function button(kind: RowAction, quoted: string, name: string): Html {
  const title = titleOf(kind);
  return html`<button formaction="index.html?processname=${quoted}&amp;action=${kind}" aria-label="${title} ${name}">${title}</button> `;
}

/** Only where there is a log to follow. */
function tailLinks({ stdoutLogfile, stderrLogfile }: ProcessStatus, quoted: string): Html {
  const link = (path: string, title: string) =>
    html`<a href="logtail/${quoted}${path}" target="_blank" rel="noopener">${title}</a> `;
  return html`${stdoutLogfile === '' ? undefined : link('', 'Tail -f Stdout')}${
    stderrLogfile === '' ? undefined : link('/stderr', 'Tail -f Stderr')
  }`;
}

/** Supervisor's class names, and one of our own. */
function classOf(state: StateName): string {
  return `${state === 'RUNNING' ? 'statusrunning' : isTrouble(state) ? 'statuserror' : 'statusnominal'} ${state.toLowerCase()}`;
}

function isTrouble(state: StateName): boolean {
  return state === 'FATAL' || state === 'BACKOFF';
}
