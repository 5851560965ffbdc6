import { describe, expect, it } from 'vitest';
import { startChild } from './start-child.ts';
import { programSpec } from './testing/real-host.ts';

describe('startChild', () => {
  it('says what to install where another user is asked for and setpriv is missing', () => {
    const started = startChild({
      spec: programSpec('cat', { user: 'web' }),
      command: { kind: 'resolved', file: '/bin/cat', words: ['cat'] },
      user: { kind: 'other', user: { name: 'web', uid: 1001, gid: 1001, home: '/' } },
      env: {},
      childEnds: [0, 1, 2],
      setpriv: undefined,
    });
    const spawnError = "cannot start 'prog' as user web: setpriv is not installed; install util-linux, which has it";
    expect(started).toEqual({ kind: 'failed', spawnError });
  });
});
