/** Draws the life of a process from the code itself: every example state, every example input, what `step` makes of it. */
import type { Input } from '../process/input.ts';
import type { Step } from '../process/moves.ts';
import type { ProcessState } from '../process/state.ts';
import { step } from '../process/step.ts';
import { at, effectLine, exampleInputs, exampleStates, rulesFor } from './lives.ts';

/** Rules under which the pairs are tried: between them every branch is seen. */
const variants = {
  '': rulesFor({ startsecs: 10 }),
  'startsecs=0': rulesFor({ startsecs: 0 }),
  'startretries=0': rulesFor({ startsecs: 10, startretries: 0 }),
  'autorestart=true': rulesFor({ startsecs: 10, autorestart: 'always' }),
  'shutting down': rulesFor({ startsecs: 10 }, true),
} as const;

/** Early: before any timer is due. Late: when it is. */
const moments = { early: at(5), late: at(10) };

/** A Mermaid diagram of the transitions that are told to the world, with the inputs that cause them. */
export function stateDiagram(): string {
  const causes = new Map<string, Set<string>>();
  for (const { inputName, result } of tries(Object.keys(variants))) {
    for (const effect of result.effects) {
      if (effect.kind !== 'transition') continue;
      const arrow = `${effect.transition.from} --> ${effect.transition.to}`;
      causes.set(arrow, (causes.get(arrow) ?? new Set()).add(plainInput(inputName)));
    }
  }
  const arrows = [...causes].map(([arrow, names]) => `  ${arrow}: ${[...names].toSorted().join(', ')}`);
  return `${['stateDiagram-v2', '  [*] --> STOPPED', ...arrows.toSorted()].join('\n')}\n`;
}

/** Every pair of state and input under the plain rules, also those in which nothing happens. */
export function stateTable(): string {
  const rows = tries(['']).map(({ stateName, inputName, momentName, result }) => {
    const answer = result.answer === 'taken' ? '' : `answer ${result.answer}`;
    const effects = result.effects.map(effectLine);
    const said = [answer, ...effects].filter((part) => part !== '').join('; ');
    return {
      line: `${stateName} | ${inputName}`,
      momentName,
      said: `${nameOf(result.state)}${said === '' ? '' : ` | ${said}`}`,
    };
  });
  const lines = rows.flatMap((row, index) => {
    const early = rows[index - 1];
    if (row.momentName === 'early') {
      const late = rows[index + 1];
      return late?.said === row.said ? [`${row.line} | ${row.said}`] : [`${row.line}, early | ${row.said}`];
    }
    return early?.said === row.said ? [] : [`${row.line}, late | ${row.said}`];
  });
  return `state | input | next state | what is done\n${lines.join('\n')}\n`;
}

interface Try {
  readonly stateName: string;
  readonly inputName: string;
  readonly momentName: string;
  readonly result: Step;
}

function tries(variantNames: readonly string[]): Try[] {
  const states: readonly (readonly [string, ProcessState])[] = Object.entries(exampleStates);
  const inputs: readonly (readonly [string, Input])[] = Object.entries(exampleInputs);
  return variantNames.flatMap((variant) =>
    states.flatMap(([stateName, state]) =>
      inputs.flatMap(([inputName, input]) =>
        Object.entries(moments).map(([momentName, now]) => {
          const rules = Object.entries(variants).find(([name]) => name === variant)?.[1] ?? variants[''];
          return { stateName, inputName, momentName, result: step(rules, state, input, now) };
        }),
      ),
    ),
  );
}

/** Without the shades that make no difference to the arrow. */
function plainInput(name: string): string {
  return name.replace(/ by (hand|plan)$/, '').replace(/^exit \d$/, 'exit');
}

function nameOf(state: ProcessState): string {
  const due = 'startAt' in state && state.startAt !== undefined ? ', start due' : '';
  const launching = state.name === 'STARTING' && state.phase === 'launching' ? ', launching' : '';
  const isByHand =
    (state.name === 'STOPPED' && state.stoppedByHand) || (state.name === 'STOPPING' && state.cause === 'hand');
  const byHand = isByHand ? ', by hand' : '';
  const asked = 'stopAsked' in state && state.stopAsked !== undefined ? ', to be stopped' : '';
  return `${state.name}${launching}${byHand}${due}${asked}`;
}
