import { describe, expect, it } from 'vitest';
import { exitCode } from '../../exit-code.ts';
import { run } from '../../testing/test-world.ts';

const path = '/home/joe/.config/fleetctl/contexts.ini';
const contexts = 'current=test\n[context test]\ncontroller=test.example\n[context prod]\ncontroller=prod.example:99\n';

describe('fleetctl context', () => {
  it('lists, shows and changes', async () => {
    const files = new Map([[path, contexts]]);
    expect((await run(['context', 'list'], { files })).stdout).toBe(
      '*   test   test.example:7400\n    prod   prod.example:99\n',
    );
    expect((await run(['context', 'show'], { files })).stdout).toBe('test.example:7400\n');
    expect(await run(['context', 'use', 'prod'], { files })).toMatchObject({ code: exitCode.ok, stdout: '' });
    expect((await run(['context', 'show'], { files })).stdout).toBe('prod.example:99\n');
    expect((await run(['context', 'show', '--context', 'test'], { files })).stdout).toBe('test.example:7400\n');
    const env = { FLEET_CONTROLLER: 'env.example' };
    expect((await run(['context', 'show'], { files, env })).stdout).toBe('env.example:7400\n');
  });

  it('names the contexts there are, where one is not', async () => {
    const ran = await run(['context', 'use', 'stage'], { files: new Map([[path, contexts]]) });
    expect(ran).toEqual({
      code: exitCode.noMatch,
      stdout: '',
      stderr: `fleetctl: no context 'stage' in ${path}: there are prod, test\n`,
    });
  });

  it('says how to make the first', async () => {
    const ran = await run(['context', 'list']);
    expect(ran).toMatchObject({ code: exitCode.ok, stdout: '' });
    expect(ran.stderr).toMatch(/^no contexts in .*contexts.ini: write '\[context NAME\]'/);
  });
});
