import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** In a Node of its own: LOG_PERROR would be the only other way to see what goes to a log that may not exist. */
it('takes any text and bytes, also where nobody listens', () => {
  const module = fileURLToPath(new URL('./syslog.ts', import.meta.url));
  const script = `
    const { openSyslog } = await import(${JSON.stringify(module)});
    const log = openSyslog('supervisord');
    log.write('100% %s %n grüße');
    log.write(new Uint8Array([0xff, 0x25, 0x73, 0, 0x41]));
    log.write('x'.repeat(100000));
    console.log('still here');`;
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })).toBe(
    'still here\n',
  );
});
