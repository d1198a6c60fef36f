import type { Logger } from "./logger.ts";

type Level = keyof Logger;

const known = new WeakMap<Logger, Logger>();

/** The same logger, whose errors and rejections end no request and no server. Node warns of the first: nobody else could be told. */
export function unfailingLogger(logger: Logger): Logger {
  const found = known.get(logger);
  if (found) return found;
  let warned = false;
  const failed = (error: unknown): void => {
    if (!warned) process.emitWarning(`A logger failed, and may lose lines: ${String(error)}`);
    warned = true;
  };
  const at =
    (level: Level) =>
    (facts: object, message: string): void => {
      try {
        const told: unknown = logger[level](facts, message);
        if (told instanceof Promise) told.catch(failed);
      } catch (error) {
        failed(error);
      }
    };
  const unfailing: Logger = {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
  known.set(logger, unfailing);
  known.set(unfailing, unfailing);
  return unfailing;
}
