/** The program as users get it: what is loaded late is found in the bundle too. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { exitCode } from './exit-code.ts';

const launcher = fileURLToPath(new URL('../bin/fleetctl', import.meta.url));

it.each([
  ['yaml', /^schema: 1\nkind: controller\n/],
  ['json', /^\{\n {2}"schema": 1,\n {2}"kind": "controller",/],
])('prints %s from its bundle', (format, expected) => {
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', FLEET_CONTROLLER: '127.0.0.1:7400' };
  const ran = spawnSync(launcher, ['context', 'show', '-o', format], { env, encoding: 'utf8' });
  expect(ran).toMatchObject({ status: exitCode.ok, stderr: '', stdout: expect.stringMatching(expected) });
});
