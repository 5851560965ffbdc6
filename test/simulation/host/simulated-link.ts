/** One life of the link's process: the real link over the in-memory bridge and the faulty network. */
import { messageOf, type Random } from '@fleetvisor/primitives';
import type { HostFacts } from '@fleetvisor/protocol/link';
import { bridgePair } from '../../../packages/agent/src/bridge/in-memory.ts';
import type { LinkChild } from '../../../packages/agent/src/bridge/link-child.ts';
import type { LinkEnd, LinkMessage } from '../../../packages/agent/src/bridge/port.ts';
import type { Connect } from '../../../packages/agent/src/link/connection.ts';
import { runLink } from '../../../packages/agent/src/link/run-link.ts';
import type { Life } from '../engine/life.ts';

export interface SimulatedLink extends LinkChild {
  /** What waits on the bridge, in bytes, in the fuller direction. */
  readonly bridgeBytes: number;
}

const facts: HostFacts = {
  ...{ hostname: 'simulated', os: 'linux', kernel: '6', architecture: 'x64', cpuCount: 1, memoryBytes: 1n },
};

export interface SimulatedLinkParts {
  readonly life: Life;
  /** Whose child it is: while that is frozen it hears nothing. */
  readonly engine: Life;
  readonly random: Random;
  readonly connect: Connect;
  /** Sees what the link says to its engine; may give something else in its place. */
  readonly toEngine: (message: LinkMessage) => LinkMessage;
}

export function startSimulatedLink({ life, engine, random, connect, toEngine }: SimulatedLinkParts): SimulatedLink {
  const [engineEnd, linkEnd] = bridgePair();
  const exited = Promise.withResolvers<string>();
  const exit = (how: string) => {
    exited.resolve(how);
    life.end();
  };
  life.onEnd(() => {
    exited.resolve('killed by SIGKILL');
    void linkEnd[Symbol.asyncDispose]();
  });
  const { clock } = life;
  runLink({ engine: saying(linkEnd, toEngine), connect, facts, clock, random }).then(
    () => exit('exit code 0'),
    (error) => exit(`exit code 2: ${messageOf(error)}`),
  );
  const kill = () => life.end();
  return {
    ...{ pid: 2, exited: exited.promise, kill },
    end: {
      send: (message) => engineEnd.send(message),
      get queuedBytes() {
        return engineEnd.queuedBytes;
      },
      incoming: heardBy(engine, engineEnd.incoming),
      // A link whose engine has hung up is out at once, whatever is under way.
      [Symbol.asyncDispose]: async () => kill(),
    },
    get bridgeBytes() {
      return Math.max(engineEnd.queuedBytes, linkEnd.queuedBytes);
    },
  };
}

function saying(end: LinkEnd, toEngine: (message: LinkMessage) => LinkMessage): LinkEnd {
  return {
    send: (message) => end.send(toEngine(message)),
    get queuedBytes() {
      return end.queuedBytes;
    },
    incoming: end.incoming,
    [Symbol.asyncDispose]: () => end[Symbol.asyncDispose](),
  };
}

async function* heardBy<T>(life: Life, messages: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const message of messages) {
    await life.goesOn();
    yield message;
  }
}
