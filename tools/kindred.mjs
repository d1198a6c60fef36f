// `npm start` and `npm run kindred`. Builds, then runs the command in this process, so that there is one process to stop.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
execFileSync(process.execPath, [tsc, "-b", root], { stdio: "inherit" });

const { endWithNpm, main } = await import("@kindred/cli");
endWithNpm(process.env);
process.exitCode = await main(process.argv.slice(2));
