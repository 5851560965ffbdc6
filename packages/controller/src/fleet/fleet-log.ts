/** What the fleet's parts tell the log: a constant sentence, and facts beside it. pino's Logger fits. */
export interface FleetLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
