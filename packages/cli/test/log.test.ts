import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterEach, expect, test, vi } from "vitest";
import { openLog } from "../src/log/log.ts";
import type { LogFormat } from "../src/log/log.ts";

afterEach(() => vi.restoreAllMocks());

function logged(facts: object, message = "request", format: LogFormat = "pretty"): string {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  openLog({ format }).info(facts, message);
  const [line] = write.mock.calls[0]!;
  write.mockRestore();
  return String(line);
}

test.each([
  ["a plain text", "bge", "bge"],
  ["a number", 200, "200"],
  ["an empty text", "", '""'],
  ["a text with a space", "a b", '"a b"'],
  ["a quoted text", '"a"', '"\\"a\\""'],
  ["what looks escaped", "\\u001b", '"\\\\u001b"'],
  ["an escape sequence", "\u001b[2Jx", '"\\u001b[2Jx"'],
  ["a C1 control", "\u009b2J", '"\\u009b2J"'],
  ["a reversed text", "a\u202eb", '"a\\u202eb"'],
  ["a line separator", "a\u2028b", '"a\\u2028b"'],
  ["a forged line", "x\nerror: all is lost", '"x\\nerror: all is lost"'],
])("%s is shown on one line", (_, fact, shown) => {
  expect(logged({ fact })).toBe(`request fact=${shown}\n`);
});

test.each(["\u001b]0;x\u0007", "\u009b2J", "\u202e", "\u2028", "\r"])(
  "%j in an error, a name, a list or the message is escaped",
  (character) => {
    const error = new Error(`broken ${character}`, { cause: new Error(character) });
    const line = logged({ error, [character]: 1, list: [character] }, character);
    expect(line).not.toContain(character);
  },
);

test("no line of an error's message looks like a line of the log", () => {
  const lines = logged({ error: new Error("broken\nerror: forged") }).split("\n");
  expect(lines[0]).toMatch(/^request error=Error: broken$/);
  expect(lines.slice(1, -1).filter((line) => !line.startsWith("  "))).toEqual([]);
});

test.each(["a\nerror: forged", "\u001b[2J", "\u009b2J", "\u202e", "\u2028", "\r"])(
  "%j in a fact, a name, an error or the message stays in its line of JSON, and means the same",
  (hostile) => {
    const error = new Error(hostile, { cause: new Error(hostile) });
    const line = logged({ fact: hostile, [hostile]: 1, error }, hostile, "json");
    expect(line.trimEnd()).toMatch(/^[\x20-\x7e]+$/);
    const { level, time, msg, ...facts } = JSON.parse(line);
    expect([level, msg]).toEqual(["info", hostile]);
    expect(new Date(time).toISOString()).toBe(time);
    expect(facts).toMatchObject({ fact: hostile, [hostile]: 1, error: { message: hostile } });
    expect(facts.error.stack).toMatch(/log\.test\.ts/);
  },
);

test("what is below the level is left out, and the level can be changed", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const log = openLog({ level: "warn" });
  log.info({}, "a request");
  expect(write).not.toHaveBeenCalled();
  log.level = "debug";
  log.debug({}, "a detail");
  expect(write).toHaveBeenCalledWith("debug: a detail\n");
});

const built = new URL("../dist/log/log.js", import.meta.url).href;

test("a reader that stalls costs bounded memory, and reads how many lines are lost", async () => {
  const script = `
    const { openLog } = await import(${JSON.stringify(built)});
    const log = openLog();
    process.stderr.once("drain", () => log.info({}, "the last"));
    for (let i = 0; i < 200_000; i++) log.info({ i }, "a line of the log");
    process.stdout.write(String(process.stderr.writableLength));
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
  const [waiting] = (await once(child.stdout, "data")) as [Buffer];
  expect(Number(waiting)).toBeGreaterThan(0);
  expect(Number(waiting)).toBeLessThan(2 << 20);
  const lines = (await text(child.stderr)).trim().split("\n");
  const [, lost] = /^warning: (\d+) lines are lost here/.exec(lines.at(-2)!)!;
  expect(lines.at(-1)).toBe("the last");
  expect(lines.length - 2 + Number(lost)).toBe(200_000);
});
