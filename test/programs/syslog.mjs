/** The system's log of its mount namespace: prints each message that comes to /dev/log, without what syslog(3) puts before it. */
import { writeSync } from 'node:fs';
import koffi from 'koffi';

const [AF_UNIX, SOCK_DGRAM] = [1, 2];
const libc = koffi.load(null);
const socket = libc.func('int socket(int domain, int type, int protocol)');
const bind = libc.func('int bind(int fd, const void *address, unsigned int length)');
const recv = libc.func('long recv(int fd, void *buffer, size_t length, int flags)');

const address = Buffer.alloc(110);
address.writeUInt16LE(AF_UNIX);
address.write('/dev/log', 2);
const fd = socket(AF_UNIX, SOCK_DGRAM, 0);
if (fd < 0 || bind(fd, address, address.length) !== 0) throw new Error(`cannot listen on /dev/log: ${koffi.errno()}`);
writeSync(1, 'listening\n');
const message = Buffer.alloc(64 * 1024);
for (;;) {
  const length = recv(fd, message, message.length, 0);
  // `<14>Dec  1 12:00:00 supervisord: web line`
  writeSync(1, `${message.toString('utf8', 0, length).replace(/^.*? supervisord: /, '')}\n`);
}
