/** Gets an open file out of another process (pidfd_getfd(2), Linux 5.6): a listening socket that an earlier agent made. */
import { closeSync } from 'node:fs';
import { libcCall } from './libc.ts';

/** The same numbers on x64 and arm64. */
const SYS_PIDFD_OPEN = 434;
const SYS_PIDFD_GETFD = 438;

/**
 * @param fd in that process
 * @returns a close-on-exec descriptor of ours for the same open file: whoever calls closes it
 * @throws the system's error: EPERM where we may not trace the process, ENOSYS on an old kernel
 */
export function descriptorOf(pid: number, fd: number): number {
  const syscall = libcCall('long syscall(long number, long first, long second, long third)');
  const pidFd = syscall(SYS_PIDFD_OPEN, pid, 0, 0);
  try {
    return syscall(SYS_PIDFD_GETFD, pidFd, fd, 0);
  } finally {
    closeSync(pidFd);
  }
}
