/** Where programs of a fleet under test run, and how the test reaches the controller from where it is itself. */

export interface Ports {
  readonly api: string;
  readonly link: string;
  readonly http: string;
}

export interface Place {
  /** What goes before the command of the program with this name, to run it in its place. */
  prefix(name: string): readonly string[];
  /** What the controller is told to listen on at its first start. */
  readonly listen: Ports;
  /** Where the test finds what the controller says it listens on; `link` is for agents, in their places. */
  reach(ports: Ports): Ports;
}

/** All on this machine, on any free ports. */
export const thisMachine: Place = {
  prefix: () => [],
  listen: { api: '127.0.0.1:0', link: '127.0.0.1:0', http: '127.0.0.1:0' },
  reach: (ports) => ports,
};
