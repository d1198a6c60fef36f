import { once } from "node:events";
import { expect, test } from "vitest";
import { silent } from "../src/logger.ts";
import type { Logger } from "../src/logger.ts";
import { unfailingLogger } from "../src/unfailing-logger.ts";

test("lines pass", () => {
  const lines: unknown[] = [];
  const logger: Logger = { ...silent, warn: (...line) => void lines.push(line) };
  unfailingLogger(logger).warn({ a: 1 }, "a line");
  expect(lines).toEqual([[{ a: 1 }, "a line"]]);
});

test.each<[string, () => void]>([
  [
    "throws",
    () => {
      throw new Error("no disk");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no disk"))],
])("a logger that %s ends nothing, and is warned of once", async (_, info) => {
  const logger = unfailingLogger({ ...silent, info });
  const warned = once(process, "warning");
  logger.info({}, "a line");
  const [{ message }] = (await warned) as [Error];
  expect(message).toBe("A logger failed, and may lose lines: Error: no disk");
  const more: Error[] = [];
  const note = (warning: Error) => void more.push(warning);
  process.on("warning", note);
  logger.info({}, "another");
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off("warning", note);
  expect(more).toEqual([]);
});

test("a logger has one of them", () => {
  const logger = unfailingLogger(silent);
  expect(unfailingLogger(silent)).toBe(logger);
  expect(unfailingLogger(logger)).toBe(logger);
});
