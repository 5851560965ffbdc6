/** Methods of our own, for whoever may enter the data folder: `fleet-agent upgrade` asks for them. */
import { FleetError, messageOf } from '@fleetvisor/primitives';
import { XmlRpcFault } from '../compat/xmlrpc/fault.ts';
import { method, type XmlRpcMethod } from '../compat/xmlrpc/method.ts';

export interface AgentLifeFacts {
  readonly version: string;
  /** Of this life of the agent and no other: an upgrade is the end of one, with the same pid. */
  readonly life: string;
  readonly programs: number;
  /** How long nobody was answered when this life began by an upgrade; 0 when it did not. */
  readonly replacedInMs: number;
  /** How many attempts to replace this life have changed nothing. */
  readonly failures: number;
  /** Why the last of them has. */
  readonly lastFailure: string;
}

export interface ControlParts {
  readonly facts: () => AgentLifeFacts;
  /** Resolves when the other version has proved itself and is about to take over. @throws FleetError */
  readonly upgrade: (launcher: string) => Promise<{ readonly version: string; readonly hasWayBack: boolean }>;
}

export function controlMethods({ facts, upgrade }: ControlParts): readonly XmlRpcMethod[] {
  return [
    method({
      name: 'fleet.getLife',
      parameters: [],
      returns: 'struct',
      help: 'Answers which version of the agent this is, and which life of it.',
      call: () => ({ ...facts() }),
    }),
    method({
      name: 'fleet.upgrade',
      parameters: [{ name: 'launcher', type: 'string' }],
      returns: 'struct',
      help: 'Replaces the agent by the version that this launcher starts, once that has passed its selfcheck.',
      call: async (launcher) => {
        try {
          return { ...(await upgrade(launcher)) };
        } catch (error) {
          if (error instanceof FleetError) throw new XmlRpcFault('FAILED', messageOf(error));
          throw error;
        }
      },
    }),
  ];
}
