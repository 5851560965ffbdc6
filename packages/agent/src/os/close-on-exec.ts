/** Whether a descriptor outlives execve(2): Node opens everything so that none does, and has no call to change that. */
import { libcCall } from './libc.ts';

const F_GETFD = 1;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

/** It is closed when this process becomes another program, and no child gets it. @throws the system's error */
export function setCloseOnExec(fd: number): void {
  fcntl()(fd, F_SETFD, 'int', FD_CLOEXEC);
}

/** It stays open over execve; every child that is started before that gets it, too. @throws the system's error */
export function keepOverExec(fd: number): void {
  fcntl()(fd, F_SETFD, 'int', 0);
}

/** Of a descriptor that is open. @throws the system's error */
export function isKeptOverExec(fd: number): boolean {
  return (fcntl()(fd, F_GETFD) & FD_CLOEXEC) === 0;
}

function fcntl() {
  return libcCall('int fcntl(int fd, int command, ...)');
}
