/** The methods on the daemon itself: who it is, how it is, its end and its new beginning. */
import { supervisorVersion } from '../../version.ts';
import type { Daemon } from '../daemon.ts';
import { method, type XmlRpcMethod } from '../xmlrpc/method.ts';
import { cannotReread } from './config-error.ts';

/** Of the interface, not of the program: clients refuse any other. */
const apiVersion = '3.0';

const states = {
  running: { statecode: 1, statename: 'RUNNING' },
  restarting: { statecode: 0, statename: 'RESTARTING' },
  'shutting-down': { statecode: -1, statename: 'SHUTDOWN' },
} as const satisfies Record<ReturnType<Daemon['state']>, { statecode: number; statename: string }>;

export function daemonMethods(daemon: Daemon): readonly XmlRpcMethod[] {
  return [
    method({
      name: 'supervisor.getAPIVersion',
      parameters: [],
      returns: 'string',
      help: 'Answers the version of this XML-RPC interface, which is not that of the program behind it.',
      call: () => apiVersion,
    }),
    method({
      name: 'supervisor.getSupervisorVersion',
      parameters: [],
      returns: 'string',
      help: 'Answers the version of Supervisor whose behaviour this program has.',
      call: () => supervisorVersion,
    }),
    method({
      name: 'supervisor.getIdentification',
      parameters: [],
      returns: 'string',
      help: 'Answers the identifier that is set in the section [supervisord] of the config.',
      call: () => daemon.identifier(),
    }),
    method({
      name: 'supervisor.getState',
      parameters: [],
      returns: 'struct',
      help: 'Answers the state of the daemon: statecode and statename, which is 1 and RUNNING while it answers at all.',
      call: () => states[daemon.state()],
    }),
    method({
      name: 'supervisor.getPID',
      parameters: [],
      returns: 'int',
      help: 'Answers the process id of the daemon.',
      call: () => process.pid,
    }),
    method({
      name: 'supervisor.shutdown',
      parameters: [],
      returns: 'boolean',
      help: 'Ends the daemon: everything stops in order. Answers true before anything does.',
      call: () => {
        daemon.shutdown();
        return true;
      },
    }),
    method({
      name: 'supervisor.restart',
      parameters: [],
      returns: 'boolean',
      help:
        'Stops everything in order and starts anew from the config files. Answers true before anything stops. Fault: ' +
        'CANT_REREAD when the files are broken; then everything goes on as it is.',
      call: () => {
        const restart = daemon.restart();
        if (!restart.ok) throw cannotReread(restart.problems);
        return true;
      },
    }),
    method({
      name: 'supervisor.sendRemoteCommEvent',
      parameters: [
        { name: 'type', type: 'text' },
        { name: 'data', type: 'text' },
      ],
      returns: 'boolean',
      isAnsweredToTheEnd: true,
      help: 'Sends an event of type REMOTE_COMMUNICATION, with this type and data, to the event listeners that ask for it.',
      call: (type, data) => {
        daemon.remoteCommunication(type, data);
        return true;
      },
    }),
  ];
}
