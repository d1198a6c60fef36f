// `npm start` and `npm run kindred`. Builds, then runs the command in this process, so that there is one process to stop.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const tsc = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
execFileSync(process.execPath, [tsc, "-b"], { stdio: "inherit" });

// The shell between npm and this process dies of a signal without passing it on: this process gets another parent then.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, "SIGTERM");
}, 250);
watch.unref();

const { main } = await import("@kindred/cli");
process.exitCode = await main(process.argv.slice(2));
