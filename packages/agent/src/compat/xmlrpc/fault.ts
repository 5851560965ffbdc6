/** Supervisor's faults: numbers, names, and the error that carries one to the client. */

export const faultCodes = {
  UNKNOWN_METHOD: 1,
  INCORRECT_PARAMETERS: 2,
  BAD_ARGUMENTS: 3,
  SIGNATURE_UNSUPPORTED: 4,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  /** Only in the status arrays of methods on many processes. */
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
} as const;

export type FaultName = keyof typeof faultCodes;

/** Answers the call with a fault. `faultString` is `NAME`, or `NAME: detail` where there is one, be it empty: the name asked for. */
export class XmlRpcFault extends Error {
  override readonly name = 'XmlRpcFault';
  readonly code: number;

  constructor(fault: FaultName, detail?: string) {
    super(detail === undefined ? fault : `${fault}: ${detail}`);
    this.code = faultCodes[fault];
  }
}
