/** Which controller is meant: flag before environment before contexts file before the one on this machine. */
import { FleetError } from '@fleetvisor/primitives';
import { parseAddress } from '../parse-value.ts';
import { type ContextStore, requireContext } from './context-store.ts';

export interface ControllerChoice {
  readonly flagController: string | undefined;
  readonly flagContext: string | undefined;
  /** FLEET_CONTROLLER. */
  readonly envController: string | undefined;
  /** FLEET_CONTEXT. */
  readonly envContext: string | undefined;
}

export interface ChosenController {
  readonly address: string;
  /** Of the contexts file, where it comes from there. */
  readonly context: string | undefined;
}

const onThisMachine = '127.0.0.1:7400';

/** @throws FleetError `invalid` or `not_found` saying which setting is wrong. The file is read only where it decides. */
export async function resolveController(choice: ControllerChoice, store: ContextStore): Promise<ChosenController> {
  const { flagController, flagContext, envController, envContext } = choice;
  if (flagController !== undefined && flagContext !== undefined) {
    throw new FleetError('invalid', 'give --controller or --context, not both');
  }
  if (flagController !== undefined) return { address: flagController, context: undefined };
  if (flagContext !== undefined) return fromFile(flagContext, store);
  if (envController !== undefined) return { address: fromEnvironment(envController), context: undefined };
  if (envContext !== undefined) return fromFile(envContext, store);
  const { current } = await store.load();
  return current === undefined ? { address: onThisMachine, context: undefined } : fromFile(current, store);
}

async function fromFile(context: string, store: ContextStore): Promise<ChosenController> {
  const { controllers } = await store.load();
  return { address: requireContext(controllers, context, store.path), context };
}

function fromEnvironment(text: string): string {
  try {
    return parseAddress(text);
  } catch (thrown) {
    throw new FleetError('invalid', `FLEET_CONTROLLER is '${text}': write HOST:PORT`, {}, { cause: thrown });
  }
}
