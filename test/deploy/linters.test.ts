import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { root } from "../documents/follow.ts";
import { installed } from "./linters.ts";

const checks = {
  hadolint: ["deploy/Dockerfile"],
  promtool: ["check", "config", "deploy/prometheus.yml"],
} as const;

for (const [name, args] of Object.entries(checks)) {
  test.skipIf(!installed(name))(`${name} finds nothing wrong`, () => {
    const { status, stdout, stderr } = spawnSync(name, args, { cwd: root, encoding: "utf8" });
    expect(status, stdout + stderr).toBe(0);
  });
}
