/** A drawn diagram rots: this one is generated, checked in, and reviewed as a diff (rewrite with `vitest -u`). */
import { describe, expect, it } from 'vitest';
import { stateDiagram, stateTable } from '../testing/state-diagram.ts';

describe('the life of a process', () => {
  it('has the transitions that are drawn', async () => {
    await expect(stateDiagram()).toMatchFileSnapshot('__golden__/state-diagram.mmd');
  });

  it('decides every pair of state and input', async () => {
    await expect(stateTable()).toMatchFileSnapshot('__golden__/state-table.txt');
  });
});
