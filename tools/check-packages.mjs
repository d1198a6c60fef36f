// `npm run check:packages`. Runs publint and arethetypeswrong on each package as it would be published.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const checks = [
  ["publint", "--strict"],
  ["attw", "--profile", "esm-only", "--pack", "."],
];

const failed = [];
for (const name of readdirSync(join(root, "packages"))) {
  for (const [tool, ...args] of checks) {
    console.log(`\n${tool} ${name}`);
    const options = { cwd: join(root, "packages", name), stdio: "inherit" };
    const { status } = spawnSync(join(root, "node_modules/.bin", tool), args, options);
    if (status !== 0) failed.push(`${tool} ${name}`);
  }
}
if (failed.length > 0) console.error(`\nFailed: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
