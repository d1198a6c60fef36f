/**
 * Takes facts first and a message second, as pino does. Messages are constant; what differs is in the facts. Facts may hold what
 * a client sent or a model's folder holds, as it is: a logger that writes to a terminal escapes it. A logger that throws or
 * rejects ends nothing; Node warns of it once.
 */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Logs nothing: the default. */
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
