/** What fleetctl asks, from the contract's messages to the domain's words. Past this file a value is right. */
import { FleetError } from '@fleetvisor/primitives';
import type { Scope as WireScope } from '@fleetvisor/protocol/api';
import { LogStream, type Action as WireAction } from '@fleetvisor/protocol/common';
import type { Action } from '../fleet/action.ts';
import type { LogStreamName } from '../fleet/logs.ts';
import { everyHost, type Scope } from '../fleet/scope.ts';

/** Absent means every host. */
export function scopeFromWire(scope: WireScope | undefined): Scope {
  return scope ?? everyHost;
}

/** @throws FleetError `invalid` when it asks nothing, something unknown, or of no process. */
export function actionFromWire(action: WireAction | undefined): Action {
  const verb = action?.verb;
  switch (verb?.$case) {
    case 'start':
    case 'stop':
    case 'restart':
    case 'clear':
      return { verb: verb.$case, targets: givenTargets(verb.$case, verb.value.targets) };
    case 'signal':
      return { verb: 'signal', targets: givenTargets('signal', verb.value.targets), signal: verb.value.signal };
    case 'reread':
      return { verb: 'reread' };
    case 'update':
      return { verb: 'update', groups: verb.value.groups };
    case 'upgrade':
      return { verb: 'upgrade' };
    case undefined:
      throw new FleetError('invalid', 'the command asks nothing this controller knows; is fleetctl newer than it?');
  }
}

/** Nothing said means stdout, as in supervisorctl tail. */
export function logStreamFromWire(stream: LogStream): LogStreamName {
  if (stream === LogStream.STDERR) return 'stderr';
  if (stream === LogStream.STDOUT || stream === LogStream.UNSPECIFIED) return 'stdout';
  throw new FleetError('invalid', `there is no log stream ${stream}: a process has stdout and stderr`);
}

function givenTargets(verb: string, targets: readonly string[]): readonly string[] {
  if (targets.length === 0) {
    throw new FleetError('invalid', `${verb} needs the name of at least one process; 'all' means every one`);
  }
  return targets;
}
