import { bridgeContract } from './bridge.contract.ts';
import { echo } from './fixtures/echo-link.ts';
import { bridgePair } from './in-memory.ts';

bridgeContract('in memory', () => {
  const [engine, link] = bridgePair();
  return { engine, linkEnded: echo(link) };
});
