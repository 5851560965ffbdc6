import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { toolsEnvironment, toolsPath } from './tools-path.ts';

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});

describe('tools of the system', () => {
  it.each(['/nope', ''])('are found with PATH %j', (path) => {
    process.env.PATH = path;
    const { error, status } = spawnSync('true', [], { env: toolsEnvironment() });
    expect([error, status]).toEqual([undefined, 0]);
  });

  it('are found without any PATH', () => {
    delete process.env.PATH;
    expect(spawnSync('true', [], { env: toolsEnvironment() }).status).toBe(0);
  });

  it('are looked for in PATH first', () => {
    expect(toolsPath('/opt/bin')).toBe('/opt/bin:/usr/bin:/bin:/usr/sbin:/sbin');
  });
});
