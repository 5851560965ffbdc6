/** Breaks of the desired state on its way to a host. */
import { carryOut } from '../../../packages/agent/src/supervision/actions.ts';
import type { Sabotage } from '../sabotage.ts';
import type { Break } from './break.ts';

/** A file of what is offered gets lost, and nobody compares. */
const losesAFile: Sabotage = {
  fromController: (message) => {
    if (message.body?.$case !== 'configOffer') return message;
    const offer = message.body.value;
    return { body: { $case: 'configOffer', value: { ...offer, files: offer.files.slice(1) } } };
  },
};

/** Who returns is not given what it missed. */
const forgetsWhoReturns: Sabotage = {
  fleet: ({ rollouts, live }) => {
    const arrived = rollouts.hostArrived.bind(rollouts);
    rollouts.hostArrived = async (hostId) => {
      if (live.assignment(hostId) === undefined) await arrived(hostId);
    };
  },
};

/** Whoever asks for an update gets everything restarted with it. */
const updatesEverything: Sabotage = {
  carryOut: async (parts, action) => {
    const result = await carryOut(parts, action);
    if (action.verb === 'update') await carryOut(parts, { verb: 'restart', targets: ['all'] });
    return result;
  },
};

export const configBreaks: readonly Break[] = [
  { name: 'a file that is lost from an offer', make: () => losesAFile, found: 'each host runs its desired state' },
  {
    name: 'an update that restarts everything',
    make: () => updatesEverything,
    found: 'the layers of a host stay apart',
  },
  {
    name: 'a host that returns and is given nothing',
    make: () => forgetsWhoReturns,
    found: 'each host runs its desired state',
  },
];
