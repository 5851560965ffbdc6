/**
 * A network of its own for a fleet: the controller and every host in a network namespace each, joined by a bridge, with an
 * address each; a link can be cut without a word, or made slow. Needs root. Addresses are of 127.77.0.0/24: the controller
 * listens on loopback alone, and in these namespaces that network is a wire like any other.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Place, Ports } from '../support/place.ts';
import { launch, type Running } from '../support/program.ts';
import { root } from '../tidy/source-tree.ts';

const listen: Ports = { api: '127.0.0.1:7400', link: '127.77.0.1:7401', http: '127.0.0.1:7402' };
/** How much is let through of a slow link; what is more waits before it for a moment, or is lost. */
const slowRate = ['rate', '64kbit', 'burst', '8kb', 'latency', '300ms'];

export class Network implements Place, Disposable {
  readonly listen = listen;
  readonly #id: string;
  readonly #hosts = new Map<string, { readonly namespace: string; readonly port: string }>();
  readonly #relay: Running;

  /** @param hosts the names of the agents */
  constructor(hosts: readonly string[]) {
    this.#id = `fv${process.pid}`;
    const controller = this.#controller;
    makeNamespace(controller);
    ip('-n', controller, 'link', 'add', 'br0', 'type', 'bridge');
    address(controller, 'br0', '127.77.0.1/24');
    for (const [i, name] of hosts.entries()) {
      const host = { namespace: `${this.#id}${i}`, port: `p${i}` };
      makeNamespace(host.namespace);
      ip('link', 'add', host.port, 'netns', controller, 'type', 'veth', 'peer', 'name', 'up0', 'netns', host.namespace);
      ip('-n', controller, 'link', 'set', host.port, 'master', 'br0', 'up');
      address(host.namespace, 'up0', `127.77.0.${i + 11}/24`);
      this.#hosts.set(name, host);
    }
    // The way in for the test itself.
    ip('link', 'add', this.#outside, 'type', 'veth', 'peer', 'name', 'in0', 'netns', controller);
    ip('addr', 'add', '10.213.77.1/30', 'dev', this.#outside);
    ip('link', 'set', this.#outside, 'up');
    ip('-n', controller, 'addr', 'add', '10.213.77.2/30', 'dev', 'in0');
    ip('-n', controller, 'link', 'set', 'in0', 'up');
    const { api, http } = this.reach(listen);
    const relay = [join(root, 'test/faults/relay.mjs'), api, listen.api, http, listen.http];
    this.#relay = launch('ip', ['netns', 'exec', controller, process.execPath, ...relay]);
  }

  prefix(name: string): readonly string[] {
    return ['ip', 'netns', 'exec', name === 'controller' ? this.#controller : this.#host(name).namespace];
  }

  reach({ link }: Ports): Ports {
    return { api: '10.213.77.2:17400', link, http: '10.213.77.2:17402' };
  }

  /** From now on nothing goes through, in either direction, and nobody is told. */
  cut(host: string): void {
    ip('-n', this.#controller, 'link', 'set', this.#host(host).port, 'nomaster');
  }

  mend(host: string): void {
    ip('-n', this.#controller, 'link', 'set', this.#host(host).port, 'master', 'br0');
  }

  /** Little goes through, in either direction. */
  slow(host: string): void {
    const { namespace, port } = this.#host(host);
    run('ip', 'netns', 'exec', namespace, 'tc', 'qdisc', 'add', 'dev', 'up0', 'root', 'tbf', ...slowRate);
    run('ip', 'netns', 'exec', this.#controller, 'tc', 'qdisc', 'add', 'dev', port, 'root', 'tbf', ...slowRate);
  }

  /** Loses every tenth packet and delays the others by a tenth of a second. */
  disturb(host: string): void {
    const netem = ['root', 'netem', 'delay', '100ms', '20ms', 'loss', '10%'];
    run('ip', 'netns', 'exec', this.#host(host).namespace, 'tc', 'qdisc', 'add', 'dev', 'up0', ...netem);
  }

  [Symbol.dispose](): void {
    this.#relay.kill('SIGKILL');
    const namespaces = [this.#controller, ...[...this.#hosts.values()].map(({ namespace }) => namespace)];
    for (const namespace of namespaces) spawnSync('ip', ['netns', 'del', namespace]);
    spawnSync('ip', ['link', 'del', this.#outside]);
  }

  get #controller(): string {
    return `${this.#id}c`;
  }

  get #outside(): string {
    return `${this.#id}o`;
  }

  #host(name: string): { readonly namespace: string; readonly port: string } {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name} in this network`);
    return host;
  }
}

/** In which 127.0.0.1 is loopback, and the rest of 127.0.0.0/8 is not. */
function makeNamespace(name: string): void {
  ip('netns', 'add', name);
  ip('-n', name, 'link', 'set', 'lo', 'up');
  ip('-n', name, 'addr', 'del', '127.0.0.1/8', 'dev', 'lo');
  ip('-n', name, 'addr', 'add', '127.0.0.1/32', 'dev', 'lo');
  const route =
    'for file in /proc/sys/net/ipv4/conf/all /proc/sys/net/ipv4/conf/default; do echo 1 >$file/route_localnet; done';
  run('ip', 'netns', 'exec', name, 'sh', '-c', route);
}

function address(namespace: string, device: string, cidr: string): void {
  ip('-n', namespace, 'addr', 'add', cidr, 'dev', device);
  ip('-n', namespace, 'link', 'set', device, 'up');
  run('ip', 'netns', 'exec', namespace, 'sh', '-c', `echo 1 >/proc/sys/net/ipv4/conf/${device}/route_localnet`);
}

function ip(...args: readonly string[]): void {
  run('ip', ...args);
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}

function probe(): string {
  try {
    new Network(['h'])[Symbol.dispose]();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function probeNetem(): string {
  if (whyNoNetwork !== '') return whyNoNetwork;
  const network = new Network(['h']);
  try {
    network.disturb('h');
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    network[Symbol.dispose]();
  }
}

/** Why there can be no network of its own here; empty when there can. */
export const whyNoNetwork = probe();

/** What this kernel cannot do to a link; empty when it can delay and lose packets at random. */
export const whyNoNetem = probeNetem();
