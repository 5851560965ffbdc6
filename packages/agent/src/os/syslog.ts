/** The system's log, through the C library: Node has no datagram socket for /dev/log. */
import { libcCall } from './libc.ts';

/** Of syslog(3): LOG_USER and LOG_INFO, which Supervisor uses for everything. */
const LOG_USER = 1 << 3;
const LOG_INFO = 6;

/** syslog(3) goes on reading the name where it was when it was given it: so these bytes stay for ever. */
const identities = new Map<string, Buffer>();

const ZERO = Buffer.alloc(1);

export interface Syslog {
  /** Writes one message: bytes up to the first zero. Where no system log listens it is lost without a word. */
  write(message: Uint8Array | string): void;
}

/**
 * Opens the system's log.
 * @param ident stands before every message of this process, whoever writes it: `supervisord`
 * @throws FleetError `unavailable` where koffi does not run on this system
 */
export function openSyslog(ident: string): Syslog {
  const openlog = libcCall('void openlog(const void *ident, int option, int facility)');
  const syslog = libcCall('void syslog(int priority, const char *format, ...)');
  const name = identities.get(ident) ?? Buffer.from(`${ident}\0`);
  identities.set(ident, name);
  openlog(name, 0, LOG_USER);
  return {
    write: (message) => {
      const text = typeof message === 'string' ? Buffer.from(message) : message;
      // Never as the format: a percent sign of a program's is only text.
      syslog(LOG_INFO, '%s', 'void *', Buffer.concat([text, ZERO]));
    },
  };
}
