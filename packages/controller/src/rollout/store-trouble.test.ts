/** Rollouts over a store that cannot read or write for a while: what has to be done is done when it can again. */
import { ConfigPhase } from '@fleetvisor/protocol/common';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failing } from '../link/testing/failing-store.ts';
import { hostIdOf, type LinkedAgent, TestFleet } from '../link/testing/test-fleet.ts';

let house: TestFleet;

beforeEach(async () => {
  house = await TestFleet.start();
});

afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

const selector = { hosts: [], hostGroups: ['web'], labels: [], all: false };
const push = () =>
  Array.fromAsync(
    house.fleet.rollouts.push({
      file: 'web.conf',
      content: Buffer.from('[program:cat]\ncommand=/bin/cat\n'),
      selector,
      message: '',
      parent: undefined,
      author: 'ada',
      dryRun: false,
      allowEmpty: false,
      timeoutMs: 0,
    }),
  );

async function apply(agent: LinkedAgent): Promise<void> {
  await agent.sayPhase(await agent.next('configOffer'), ConfigPhase.APPLIED);
}

it('offers a connected host its state again when the store could not give the files', async () => {
  const web1 = await house.connect(1);
  const first = push();
  await apply(web1);
  await first;
  await house.restart(); // nothing is at hand any more
  failing(house.fleet.store.configs, 'revision', 2);
  const web2 = await house.connect(2);
  await expect.poll(() => house.errors).toHaveLength(1);
  await house.clock.advanceAsync(1_000);
  await house.clock.advanceAsync(2_000);
  expect((await web2.next('configOffer')).files).toMatchObject([{ name: 'web.conf', revision: 1n }]);
  expect(new Set(house.errors)).toEqual(new Set(['cannot offer a host its desired state; trying again']));
});

it('ends a rollout when its end can be stored, and lets nobody wait for that', async () => {
  const web1 = await house.connect(1);
  failing(house.fleet.store.rollouts, 'end', 2);
  const steps = push();
  await apply(web1);
  expect((await steps).at(-1)).toMatchObject({ kind: 'host', state: 'healthy' });
  const stable = async () => (await house.fleet.store.configs.find('web.conf'))?.stable;
  expect(await stable()).toBe(0n);
  await house.clock.advanceAsync(1_000);
  await house.clock.advanceAsync(2_000);
  await expect.poll(stable).toBe(1n);
  expect(house.fleet.rollouts.isPending(hostIdOf(1))).toBe(false);
  expect((await push()).at(-1)).toMatchObject({ kind: 'planned', unchanged: true });
});
