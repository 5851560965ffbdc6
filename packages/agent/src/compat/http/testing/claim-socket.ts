/** A daemon of which only the socket is there: opens the path it is given, says what came of it, and ends with its stdin. */
import { FleetError } from '@fleetvisor/primitives';
import { openServer } from '../open-servers.ts';
import { sendWhole } from '../send.ts';
import { testOptions } from './test-server.ts';

const path = process.argv[2] ?? '';
const { options } = testOptions([
  { prefix: '/', handle: (_, response) => sendWhole(response, 200, 'text/plain', 'hello') },
]);
try {
  await openServer({ kind: 'unix', path, mode: 0o700 }, options);
  process.stdout.write('opened\n');
} catch (error) {
  process.stdout.write(`${error instanceof FleetError ? error.code : error}\n`);
}
process.stdin.resume().once('end', () => process.exit());
