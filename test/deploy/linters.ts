import { spawnSync } from "node:child_process";

/** Whether a linter is there. Otherwise its test is skipped, and this says so. */
export function installed(name: string): boolean {
  const { error } = spawnSync(name, ["--version"]);
  if (error) console.log(`The test of ${name} is skipped: it is not installed.`);
  return error === undefined;
}
