import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../documents/follow.ts";
import { installed } from "./linters.ts";

const text = readFileSync(join(root, "deploy/kindred.service"), "utf8");
const settings = Object.fromEntries(
  text.split("\n").flatMap((line) => {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return name === undefined || name === "Environment" ? [] : [[name, value]];
  }),
);

test("the server runs as a user of its own, and writes to its folders alone", () => {
  expect(settings).toMatchObject({
    DynamicUser: "yes",
    StateDirectory: "kindred",
    CacheDirectory: "kindred",
    ProtectSystem: "strict",
    NoNewPrivileges: "yes",
    CapabilityBoundingSet: "",
  });
  for (const folder of ["XDG_DATA_HOME=%S", "HF_HOME=%C/kindred/huggingface"])
    expect(text).toContain(`\nEnvironment=${folder}\n`);
});

test("nothing keeps V8 and onnxruntime from writing machine code", () => {
  expect(settings).not.toHaveProperty("MemoryDenyWriteExecute");
});

test("a graph's process that memory runs out for does not end the server, and a crash starts it again", () => {
  expect(settings).toMatchObject({ OOMPolicy: "continue", Restart: "on-failure" });
});

test("requests have the time to finish that the server gives them", () => {
  const drainAndDeadline = 0.5 + 30 + 1;
  expect(Number(settings["TimeoutStopSec"])).toBeGreaterThan(drainAndDeadline);
});

test.skipIf(!installed("systemd-analyze"))("systemd finds nothing wrong with it", () => {
  const folder = mkdtempSync(join(tmpdir(), "kindred-service-"));
  const path = join(folder, "kindred.service");
  // systemd looks for the program, too, which is not installed here.
  writeFileSync(path, text.replace("/opt/kindred/node_modules/.bin/kindred", process.execPath));
  const { stdout, stderr, status } = spawnSync("systemd-analyze", ["verify", path], {
    encoding: "utf8",
  });
  rmSync(folder, { recursive: true });
  expect([status, stdout + stderr]).toEqual([0, ""]);
});
