/** What a request asks the page to do, read from its parameters. Pure but for the look whether the process exists. */
import { type ProcessName, splitNamespec } from '@fleetvisor/config';
import type { Supervisor } from '../../supervision/supervisor.ts';

const forAll = ['restartall', 'stopall'] as const;
const forOne = ['start', 'stop', 'restart', 'clearlog'] as const;

export type PageAction =
  | { readonly kind: (typeof forAll)[number] }
  | {
      readonly kind: (typeof forOne)[number];
      readonly process: ProcessName;
      /** As the client wrote it: messages repeat that. */
      readonly namespec: string;
    };

export type PageAsk =
  | { readonly kind: 'show' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'act'; readonly action: PageAction }
  | { readonly kind: 'no-such-process'; readonly namespec: string }
  | { readonly kind: 'invalid'; readonly reason: string };

/** @param form the parameters of the address and of the body */
export function readAsk(form: ReadonlyMap<string, string>, supervisor: Pick<Supervisor, 'spec'>): PageAsk {
  const action = form.get('action');
  const namespec = form.get('processname');
  if (action === undefined) return { kind: 'show' };
  if (action === 'refresh') return { kind: 'refresh' };
  const all = forAll.find((kind) => kind === action);
  if (all !== undefined) return { kind: 'act', action: { kind: all } };
  if (namespec === undefined)
    return { kind: 'invalid', reason: `action '${action}' needs a processname, or is unknown` };
  const { group, name } = splitNamespec(namespec);
  // As in Supervisor, the page acts on single processes alone.
  if (name === undefined || supervisor.spec({ group, name }) === undefined)
    return { kind: 'no-such-process', namespec };
  const one = forOne.find((kind) => kind === action);
  if (one === undefined) return { kind: 'invalid', reason: `unknown action '${action}'` };
  return { kind: 'act', action: { kind: one, process: { group, name }, namespec } };
}

/** What a person reads on the button. */
export function titleOf(kind: PageAction['kind']): string {
  return titles[kind];
}

const titles: Readonly<Record<PageAction['kind'], string>> = {
  restartall: 'Restart All',
  stopall: 'Stop All',
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  clearlog: 'Clear Log',
};

/** The query that asks for it. */
export function queryOf(action: PageAction): Readonly<Record<string, string>> {
  return 'namespec' in action ? { processname: action.namespec, action: action.kind } : { action: action.kind };
}
