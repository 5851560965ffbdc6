/**
 * The listening sockets of FastCGI programs: one for all processes of a section in a group, open as long as one of them
 * runs, so that connections wait while another starts. Knows neither when a process starts nor what comes in.
 */
import { chmodSync, chownSync, closeSync, rmSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import type { FcgiSocketSpec, ProcessSpec } from '@fleetvisor/config';
import { FleetError, messageOf } from '@fleetvisor/primitives';
import type { MainLog } from '../supervision/main-log-lines.ts';
import { descriptorOf } from './foreign-descriptor.ts';
import { ipv4Of } from './host-address.ts';
import { listenAtPath, listenAtPort } from './listening-socket.ts';
import type { Users } from './users.ts';

/** A process's share in its section's socket; disposing gives it back, once or more often. */
export interface SocketShare extends Disposable {
  readonly fd: number;
}

/** Descriptors by what the sockets are for. */
export type HandedSockets = Readonly<Record<string, number>>;

interface OpenSocket {
  readonly fd: number;
  shares: number;
}

/** `-1` leaves an id as it is (chown(2)). */
interface SocketOwner {
  readonly uid: number;
  readonly gid: number;
}

export class FcgiSockets {
  readonly #users: Users;
  readonly #log: MainLog['log'];
  /** By group, section and URL. Bounded by the FastCGI programs that run. */
  readonly #open = new Map<string, OpenSocket>();
  readonly #handed: HandedSockets;

  /** @param handed of an earlier life of the agent in this process: open, and to be taken over */
  constructor(users: Users, log: MainLog['log'], handed: HandedSockets = {}) {
    this.#users = users;
    this.#log = log;
    this.#handed = handed;
  }

  /** All that are open, for another life of the agent in this process. */
  handOver(): HandedSockets {
    return Object.fromEntries([...this.#open].map(([key, { fd }]) => [key, fd]));
  }

  /**
   * Opens the sockets of a group's sections and closes each at once, before anything starts: to fail early. Where a
   * socket is open already there is nothing to find out.
   * @throws FleetError `unavailable` in Supervisor's words
   */
  probeAll(processes: readonly ProcessSpec[]): void {
    const bySection = new Map(processes.map((spec) => [spec.program, spec]));
    for (const spec of bySection.values()) this.probe(spec);
  }

  /** `probeAll` for the section of one process; one without a socket is fine. */
  probe(spec: ProcessSpec): void {
    this.share(spec)?.[Symbol.dispose]();
  }

  /**
   * The socket that a process gets as its descriptor 0; opened when nobody has it.
   * @returns undefined for a program without a socket
   * @throws FleetError `unavailable` in Supervisor's words
   */
  share(spec: ProcessSpec): SocketShare | undefined {
    const { fcgiSocket } = spec;
    if (fcgiSocket === undefined) return undefined;
    return this.#shareOf(spec, fcgiSocket, () => this.#openFor(spec, fcgiSocket));
  }

  /**
   * The share of a process that an earlier agent has started: the socket is what it has handed to us, or is taken out of that
   * process, since its address is in use.
   * @returns undefined for a program without a socket, and where the system does not let us have it: who starts next then
   *   fails or, at a path, listens anew
   */
  takeOver(spec: ProcessSpec, pid: number): SocketShare | undefined {
    const { fcgiSocket } = spec;
    if (fcgiSocket === undefined) return undefined;
    try {
      return this.#shareOf(spec, fcgiSocket, () => ({
        fd: this.#handed[keyOf(spec, fcgiSocket)] ?? descriptorOf(pid, 0),
        shares: 0,
      }));
    } catch (thrown) {
      const text = `cannot take the socket ${fcgiSocket.url} over from process ${pid}: ${messageOf(thrown)}`;
      this.#log('critical', `${text}; restart all processes of ${spec.group}:${spec.program}`);
      return undefined;
    }
  }

  /** All that can be taken over has been. */
  endTakeOver(): void {
    for (const [key, fd] of Object.entries(this.#handed)) if (this.#open.get(key)?.fd !== fd) closeSync(fd);
  }

  #shareOf(spec: ProcessSpec, fcgiSocket: FcgiSocketSpec, open: () => OpenSocket): SocketShare {
    const key = keyOf(spec, fcgiSocket);
    const socket = this.#open.get(key) ?? open();
    this.#open.set(key, socket);
    socket.shares += 1;
    let isGivenBack = false;
    return {
      fd: socket.fd,
      [Symbol.dispose]: () => {
        if (isGivenBack) return;
        isGivenBack = true;
        socket.shares -= 1;
        if (socket.shares > 0) return;
        this.#log('info', `Closing socket ${fcgiSocket.url}`);
        // The file stays, as Supervisor's does: who connects is refused instead of finding nothing.
        closeSync(socket.fd);
        this.#open.delete(key);
      },
    };
  }

  #openFor(spec: ProcessSpec, socket: FcgiSocketSpec): OpenSocket {
    this.#log('info', `Creating socket ${socket.url}`);
    try {
      return { fd: socket.kind === 'unix' ? this.#listenAtPath(spec, socket) : listenAtHost(socket), shares: 0 };
    } catch (cause) {
      const message = `Could not create FastCGI socket ${socket.url}: ${reasonOf(cause)}`;
      throw new FleetError('unavailable', message, { url: socket.url, section: spec.program }, { cause });
    }
  }

  #listenAtPath(spec: ProcessSpec, socket: Extract<FcgiSocketSpec, { kind: 'unix' }>): number {
    const { path, mode, backlog } = socket;
    const owner = this.#ownerOf(spec, socket.owner);
    rmSync(path, { force: true });
    let isOurs = false;
    try {
      return listenAtPath(path, backlog, () => {
        isOurs = true;
        if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
        chmodSync(path, mode);
      });
    } catch (thrown) {
      if (isOurs) rmSync(path, { force: true });
      throw thrown;
    }
  }

  /** @param wanted `user` or `user:group`; undefined: the program's user, where that is another than ours */
  #ownerOf(spec: ProcessSpec, wanted: string | undefined): SocketOwner | undefined {
    if (wanted === undefined) {
      const user = spec.user === undefined ? undefined : this.#users.findUser(spec.user);
      return user === undefined || user.uid === process.getuid?.() ? undefined : user;
    }
    const [userName = '', groupName] = wanted.split(':');
    const uid = this.#users.findUser(userName)?.uid;
    const gid = groupName === undefined ? -1 : this.#users.findGroup(groupName);
    if (uid === undefined || gid === undefined) throw new FleetError('invalid', `Invalid socket_owner value ${wanted}`);
    return { uid, gid };
  }
}

function keyOf({ group, program }: ProcessSpec, { url }: FcgiSocketSpec): string {
  return `${group}:${program} ${url}`;
}

function listenAtHost({ host, port, backlog }: Extract<FcgiSocketSpec, { kind: 'tcp' }>): number {
  const ip = ipv4Of(host);
  if (ip === undefined)
    throw new FleetError('not_found', `the host ${host} has no IPv4 address that this system knows`);
  return listenAtPort(ip, port, backlog);
}

/** `EADDRINUSE (address already in use)`; what is no error of the system's speaks for itself. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error && 'errno' in thrown && 'code' in thrown)) return messageOf(thrown);
  const number = Math.abs(Number(thrown.errno));
  return `${thrown.code} (${getSystemErrorMessage(-number)})`;
}
