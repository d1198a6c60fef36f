/** Takes facts first and a message second, as pino does. Messages are constant; what differs is in the facts. */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Logs nothing: the default. */
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
